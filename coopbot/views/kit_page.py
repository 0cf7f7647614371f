"""The appeal kit as a page that the platform's people read: no scripts, nothing from outside, every value escaped."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from html import escape
from pathlib import Path
from string import Template
from typing import Any
from zoneinfo import ZoneInfo

from coopbot.ports import Translate
from coopbot.views.kit_words import CODED, CODES, FIELDS, GAPS, KINDS, OF_MACHINES
from coopbot.views.pen import label
from coopbot.views.text import money

Document = Mapping[str, Any]
VERIFY = " ".join(("coopbot", "verify-kit"))
GAP, TITLE = ' class="gap"', ' title="'
PAGE = Template((Path(__file__).parent / "kit.html").read_text(encoding="utf-8"))


def page(document: Document, t: Translate) -> str:
    """Times on the clock of the profile's zone; the records hold them with their offset."""
    about = document["records"][0]["data"]
    hand = _Hand(ZoneInfo(str(about["zone"])), about.get("names") or {}, about.get("labels") or {}, t)
    gaps = [record["data"] for record in document["records"] if record["kind"] == "gap"]
    notes = [t("Every record carries the hash of the one before: {command} checks the file.", command=VERIFY)]
    if about["masked"]:
        notes.append(t("The consumer's data is masked."))
    if any(record["kind"] == "file" for record in document["records"]):
        notes.append(t("Files are as they were handed in: nothing in them is masked."))
    columns = ("#", t("Time ({zone})", zone=hand.zone.key), t("What"), t("Details"), t("Hash"))
    return PAGE.substitute(
        language=t.language,
        title=escape(t("Appeal kit: penalty {ref}", ref=about["ref"])),
        summary=_list(_summary(about, document, hand)),
        notes="".join(f"<p>{escape(note)}</p>" for note in notes),
        gaps=_gaps(gaps, hand),
        head="".join(f"<th>{escape(name)}</th>" for name in columns),
        rows="".join(_row(record, hand) for record in document["records"]),
        last=escape(t("Head")),
        hash=escape(str(document["head"])),
    )


@dataclass(frozen=True)
class _Hand:
    """How values are written for one reader: on which clock, and what people, classes and scenes are called."""

    zone: ZoneInfo
    names: Mapping[str, str]
    labels: Mapping[str, Mapping[str, str]]
    t: Translate

    def value(self, name: str, value: Any, beside: Mapping[str, Any]) -> str:
        t = self.t
        match value:
            case bool():
                return t("yes") if value else t("no")
            case int() if name == "amount" and "currency" in beside:
                return money(value, str(beside["currency"]))
            case int() if name.endswith("_s"):
                return length(value, t)
            case str():
                return self._text(name, value, beside)
            case Mapping() if name == "steps":
                return self._step(value)
            case Mapping():
                return "; ".join(f"{key}: {each}" for key, each in self.details(value))
            case list() | tuple():
                return "\n".join(self.value(name, each, beside) for each in value)
            case _:
                return json.dumps(value, ensure_ascii=False)

    def details(self, data: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        """Every value that is there, with what is nested in it."""
        for name, value in data.items():
            if name == "data" and isinstance(value, Mapping):
                yield from self.details(value)
            elif name not in OF_MACHINES:
                yield from self.said(name, value, data)

    def said(self, name: str, value: Any, beside: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        if value is None or value in ("", [], {}):
            return
        yield self.t(FIELDS[name]) if name in FIELDS else name, self.value(name, value, beside)

    def gap(self, data: Mapping[str, Any]) -> str:
        sentence = str(data.get("sentence") or data["what"])
        return self.t(sentence, **data.get("holes", {})) if sentence in GAPS else str(data["what"])

    def _text(self, name: str, value: str, beside: Mapping[str, Any]) -> str:
        if name == "what" and (beside.get("sentence") or value) in GAPS:
            return self.gap(beside)
        if word := CODES.get(f"{name}:{value}") or (CODES.get(value) if name in CODED else None):
            return self.t(word)
        if name == "order":
            return value.partition(":")[2]
        if name == "appeal_by":
            return self._until(value)
        if name == "rung":
            return value.partition(":")[2].removeprefix(":") or value
        if value in self.names:
            return f"{self.names[value]} ({value})" if name in ("called", "sent_to") else self.names[value]
        if value in self.labels:
            return label(self.labels[value], self.t, value)
        return self.local(value)

    def _step(self, step: Mapping[str, Any]) -> str:
        """``09:31 – 13:31 counts 4 h``: one stretch of the due time's derivation."""
        what = self.t(CODES.get(f"step:{step['kind']}", step["kind"]))
        begins, ends = self.local(str(step["from"])), self.local(str(step["to"]))
        if begins == ends:
            return f"{begins} {what}"
        counted = f" {length(int(step['counted_s']), self.t)}" if step["counted_s"] else ""
        return f"{begins} – {ends} {what}{counted}"

    def _until(self, text: str) -> str:
        """A day that ends is that day, not the next one's midnight."""
        at = datetime.fromisoformat(text).astimezone(self.zone)
        if (at.hour, at.minute, at.second) != (0, 0, 0):
            return self.local(text)
        return f"{at - timedelta(days=1):%Y-%m-%d} 24:00:00"

    def local(self, text: str) -> str:
        """An RFC 3339 instant on the zone's clock; any other text as it is."""
        try:
            at = datetime.fromisoformat(text)
        except ValueError:
            return text
        return f"{at.astimezone(self.zone):%Y-%m-%d %H:%M:%S}" if at.tzinfo is not None else text


def length(seconds: int, t: Translate) -> str:
    """``4 h``, ``3 h 10 min``: to the minute."""
    hours, minutes = divmod(seconds // 60, 60)
    if not hours:
        return t("{n} min", n=minutes)
    return t("{h} h {m} min", h=hours, m=minutes) if minutes else t("{n} h", n=hours)


def _summary(about: Mapping[str, Any], document: Document, hand: _Hand) -> Iterator[tuple[str, str]]:
    """What it is about, in a few lines."""
    due = next((record["data"]["due_at"] for record in document["records"] if record["kind"] == "due"), None)
    for name in ("shop", "order", "kind", "amount", "points", "month", "appeal_by"):
        yield from hand.said(name, about.get(name), about)
    yield from hand.said("issued_at", document["records"][0]["at"], about)
    yield from hand.said("due_at", due, about)
    yield from hand.said("made_at", about["made_at"], about)


def _gaps(gaps: Sequence[Mapping[str, Any]], hand: _Hand) -> str:
    t = hand.t
    if not gaps:
        return f"<p>{escape(t('Gaps: {n}', n=0))}</p>"
    lines = "".join(f"<li>{escape(hand.gap(each))}</li>" for each in gaps)
    return f"<div{GAP}><strong>{escape(t('Gaps: {n}', n=len(gaps)))}</strong><ul>{lines}</ul></div>"


def _row(record: Mapping[str, Any], hand: _Hand) -> str:
    kind = str(record["kind"])
    name = hand.t(KINDS[kind]) if kind in KINDS else kind
    mark = GAP if kind == "gap" else ""
    full = escape(str(record["hash"]))
    return (
        f"<tr{mark}><td>{record['n']}</td><td>{escape(hand.local(str(record['at'])))}</td>"
        f"<td>{escape(name)}</td><td>{_list(hand.details(record['data']))}</td>"
        f'<td><code{TITLE}{full}">{full[:12]}</code></td></tr>'
    )


def _list(pairs: Iterator[tuple[str, str]]) -> str:
    every = (f"<div><dt>{escape(name)}</dt><dd>{escape(value)}</dd></div>" for name, value in pairs)
    return "<dl>" + "".join(every) + "</dl>"
