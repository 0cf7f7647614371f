"""What makes a reply effective (有效): an empty or evasive answer does not count (domain.md §1)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from coopbot.domain.reading import Reader

Unit = Literal["gbk_bytes", "utf8_bytes", "characters"]
UNITS: tuple[Unit, ...] = ("gbk_bytes", "utf8_bytes", "characters")


@dataclass(frozen=True)
class Shortcoming:
    """One reason why a text would not count; ``code`` names a sentence, ``facts`` fill it."""

    code: Literal["empty", "too_short", "too_long", "stock_phrase", "banned_word"]
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Effectiveness:
    """The profile's rules. Stock phrases don't count when a text consists of nothing else."""

    min_length: int = 1
    stock_phrases: tuple[str, ...] = ()
    banned_words: tuple[str, ...] = ()

    def shortcomings(self, text: str, limit: int, unit: Unit) -> tuple[Shortcoming, ...]:
        """Everything that keeps ``text`` from being an effective reply of at most ``limit`` units; empty is good."""
        body = _bare(text)
        if not body:
            return (Shortcoming("empty"),)
        out: list[Shortcoming] = []
        length = measure(text, unit)
        if length > limit:
            out.append(Shortcoming("too_long", {"length": length, "limit": limit, "unit": unit}))
        banned = (word for word in self.banned_words if word.casefold() in text.casefold())
        out.extend(Shortcoming("banned_word", {"word": word}) for word in banned)
        stock = {_bare(phrase) for phrase in self.stock_phrases}
        rest = body
        for phrase in sorted(stock, key=len, reverse=True):
            rest = rest.replace(phrase, "") if phrase else rest
        if not rest:
            out.append(Shortcoming("stock_phrase", {"text": text.strip()}))
        elif len(body) < self.min_length:
            out.append(Shortcoming("too_short", {"length": len(body), "least": self.min_length}))
        return tuple(out)


def measure(text: str, unit: Unit) -> int:
    """The length of ``text`` as the platform counts it. What GBK lacks (emoji) counts as GB18030's four bytes."""
    if unit == "characters":
        return len(text)
    return len(text.encode("utf-8" if unit == "utf8_bytes" else "gb18030", errors="replace"))


def read_effectiveness(table: Reader) -> Effectiveness:
    rules = Effectiveness(
        min_length=table.integer("min_length", 1, least=1),
        stock_phrases=table.texts("stock_phrases"),
        banned_words=table.texts("banned_words"),
    )
    table.done()
    return rules


def _bare(text: str) -> str:
    """Letters and digits only, folded: spaces, punctuation and case don't make an answer."""
    return re.sub(r"[\W_]+", "", text.casefold())
