"""Text that came from outside, made safe and short enough to show (slack.md A1, A6)."""

from __future__ import annotations

import html
import re
import unicodedata
from typing import NamedTuple

ELLIPSIS = "…"
SHORTEST = len("&amp;") + len(ELLIPSIS)
NOTHING_SAID = "–"
_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f"  # control characters, but for the line's end and the tab
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # directions
    "\ud800-\udfff]"  # halves of surrogate pairs, which no encoding takes
)
_GROWS = {"&": 5, "<": 4, ">": 4}
"""What escaping makes of a character."""
_MOST_GROWN = max(_GROWS.values())
_LOOK_BACK = 40
"""How far back a cut looks for the end of a word before it gives up and cuts inside a very long one."""


class Clipped(NamedTuple):
    """The part of a text that is shown, still unescaped, and how many characters of it are not."""

    text: str
    left: int


def escape(raw: str) -> str:
    """Slack's three characters, once. Quotes stay: with quote=True people would read ``&quot;``."""
    return html.escape(raw, quote=False)


def clean(raw: str) -> str:
    """Without control characters and direction overrides, which would reorder the line around them; trimmed."""
    if raw.isprintable():  # mostly; none of those is
        return raw.strip()
    return _UNSEEN.sub("", raw.replace("\r\n", "\n").replace("\r", "\n")).strip()


def inline(raw: str) -> str:
    """Cleaned, on one line."""
    return " ".join(clean(raw).split())


def clip(raw: str, limit: int) -> Clipped:
    """The beginning of ``raw`` whose *escaped* form, with its ellipsis, has at most ``limit`` characters.

    Cuts first and lets the caller escape afterwards, so that no entity is ever cut in two; at the end of a word where
    one is near, never inside of a composed character. Raises ValueError for a limit that holds no escaped character.
    """
    if limit < SHORTEST:
        raise ValueError(f"a limit under {SHORTEST} may hold no text")
    if len(raw) * _MOST_GROWN <= limit or (len(raw) <= limit and len(escape(raw)) <= limit):
        return Clipped(raw, 0)
    end, used = 0, len(ELLIPSIS)
    for each in raw:
        used += _GROWS.get(each, 1)
        if used > limit:
            break
        end += 1
    end = _word_end(raw, end)
    shown = raw[:end].rstrip()
    return Clipped(shown + ELLIPSIS, len(raw) - len(shown))


def short(raw: str, limit: int) -> str:
    """One line of at most ``limit`` characters for plain text; a dash when nothing was said."""
    return clip(inline(raw), limit).text or NOTHING_SAID


def short_escaped(raw: str, limit: int) -> str:
    """One line of at most ``limit`` characters for mrkdwn, escaped; a dash when nothing was said."""
    return escape(short(raw, limit))


def masked_name(name: str) -> str:
    """``王小明`` → ``王＊＊``: the first character (decisions.md 22). Full-width: Slack reads asterisks as bold."""
    name = inline(name)
    return f"{name[0]}＊＊" if name else ""


def masked_contact(contact: str) -> str:
    """``13812345678`` → ``＊＊＊＊5678``: the last four digits of what has at least eight, else nothing of it."""
    digits = re.sub(r"\D", "", contact)
    if not inline(contact):
        return ""
    return f"＊＊＊＊{digits[-4:]}" if len(digits) >= 8 else "＊＊＊＊"


SYMBOLS = {"CNY": "¥", "SGD": "S$", "USD": "US$", "EUR": "€", "MYR": "RM", "GBP": "£"}


def money(fen: int, currency: str = "CNY") -> str:
    """Integer minor units as ``¥1,234.50``; a currency without a sign of its own by its code."""
    sign = "-" if fen < 0 else ""
    name = SYMBOLS.get(currency, f"{currency[:3]} ")
    return f"{sign}{name}{abs(fen) // 100:,}.{abs(fen) % 100:02d}"


def web_link(url: str, label: str) -> str:
    """A mrkdwn link; ``label`` alone when ``url`` is no web address, so that nothing else can be smuggled in."""
    if not is_web(url):
        return short_escaped(label, 150)
    return f"<{escape(url)}|{short_escaped(label.replace('|', '¦'), 150)}>"


def is_web(url: str) -> bool:
    """Whether Slack may be handed ``url`` as a link: http or https, no blanks or token characters, not too long."""
    return len(url) <= 2000 and re.fullmatch(r"https?://[^\s|<>]+", url) is not None


def _word_end(raw: str, end: int) -> int:
    """The nearest place at or before ``end`` at which ``raw`` may be cut."""
    for place in range(end, max(0, end - _LOOK_BACK), -1):
        if _may_cut(raw, place):
            return place
    while end > 1 and _joins(raw[end]):
        end -= 1
    return max(end, 1)


def _may_cut(raw: str, place: int) -> bool:
    before, after = raw[place - 1], raw[place]
    if _joins(after) or before == "\u200d":
        return False
    return before.isspace() or after.isspace() or _is_wide(before) or _is_wide(after)


def _is_wide(character: str) -> bool:
    """Chinese, Japanese and full-width characters: each may end a line."""
    return unicodedata.east_asian_width(character) in "WF"


def _joins(character: str) -> bool:
    """Combining marks, joiners, variation selectors and skin tones belong to the character before them."""
    return (
        unicodedata.combining(character) != 0
        or character in "\u200d\ufe0e\ufe0f"
        or "\U0001f3fb" <= character <= "\U0001f3ff"
    )
