"""What the fields of presets take: a kind, limits and words, as data of the profile; the usual names need none."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal, InvalidOperation
from types import MappingProxyType
from typing import Literal, cast

from coopbot.domain.reading import Labels, Reader, no_labels

FieldKind = Literal["text", "long", "number", "amount", "date", "datetime", "pattern", "choice"]
KINDS: tuple[FieldKind, ...] = ("text", "long", "number", "amount", "date", "datetime", "pattern", "choice")
ATTACHMENT = "attachment"
"""No typed field: files go with the answer (platform-api.md, presets)."""
LONGEST = 3000
"""Characters that an input of Slack's takes (slack.md A1); likewise a choice's value and how many there are."""
LONGEST_PATTERN = 200
"""Of what a pattern of the profile's own is tried on, where it names no length."""
LONGEST_CHOICE, MOST_CHOICES = 75, 100
NAME = re.compile(r"[\w.-]+")


@dataclass(frozen=True)
class Choice:
    """One of those that a field offers; ``value`` is what the platform reads."""

    value: str
    labels: Labels


@dataclass(frozen=True)
class Field:
    """A field of presets, by the name that presets and the platform give it (``requires``)."""

    name: str
    kind: FieldKind = "text"
    labels: Labels = field(default_factory=no_labels)
    """Empty: the views' own for a usual name, else the name itself."""
    hint: Labels = field(default_factory=no_labels)
    example: Labels = field(default_factory=no_labels)
    """Stands in the empty input."""
    min_length: int = 1
    """Characters, as ``max_length``; the platform's own limit is on the whole text."""
    max_length: int = LONGEST
    pattern: str = ""
    """The whole value must match, for the kind ``pattern``; ``message`` says what is wanted when it does not."""
    message: Labels = field(default_factory=no_labels)
    choices: tuple[Choice, ...] = ()
    least: Decimal | None = None
    """Of a number or an amount (in CNY), as ``most``."""
    most: Decimal | None = None
    ahead: bool = False
    """Whether a date or an instant must lie in the future."""
    furthest: timedelta | None = None
    """What lies further ahead is asked about once more: a slip of the month or the year."""


USUAL: Mapping[str, Field] = MappingProxyType(
    {
        each.name: each
        for each in (
            Field("description", "long", min_length=4),
            Field("reason", "long", min_length=4),
            Field("address", "long", min_length=4),
            Field("promised_at", "datetime", ahead=True, furthest=timedelta(days=30)),
            Field("tracking_no", "pattern", pattern="[A-Za-z0-9][A-Za-z0-9-]{5,39}", max_length=40),
            Field("tracking_number", "pattern", pattern="[A-Za-z0-9][A-Za-z0-9-]{5,39}", max_length=40),
            Field("amount", "amount", least=Decimal(0)),
            Field("phone", "pattern", pattern=r"\+?[0-9][0-9 -]{4,19}", max_length=21),
            Field("courier", max_length=40),
            Field("carrier", max_length=40),
            Field("order_no", max_length=100),
            Field("invoice_no", max_length=100),
        )
    }
)
"""What a field of such a name takes where the profile says nothing (assumed: our own choice)."""


def usual(name: str) -> Field:
    """A field that the profile does not describe; one of an unknown name is plain text that must be filled in."""
    return USUAL.get(name) or Field(name)


def read_fields(top: Reader) -> Mapping[str, Field]:
    """The table ``fields``, by name. What a row leaves out is as usual for its name."""
    return MappingProxyType({name: _read(name, table) for name, table in top.tables("fields")})


def _read(name: str, table: Reader) -> Field:
    if name == ATTACHMENT or not NAME.fullmatch(name):
        table.wrong("", "is no name for a field: letters, digits, _ . and -; attachment needs no table")
    now = usual(name)
    kind = cast(FieldKind, table.choice("kind", KINDS, now.kind))
    same = kind == now.kind
    read = Field(
        name=name,
        kind=kind,
        labels=_words(table, "labels"),
        hint=_words(table, "hint"),
        example=_words(table, "example"),
        min_length=table.integer("min_length", now.min_length, least=1),
        max_length=table.integer("max_length", _most(now, kind), least=1),
        pattern=table.text("pattern", now.pattern if same else ""),
        message=_words(table, "message"),
        choices=tuple(_choices(table)),
        least=_decimal(table, "least", now.least if same else None),
        most=_decimal(table, "most", now.most if same else None),
        ahead=table.flag("ahead", now.ahead and same),
        furthest=table.maybe_duration("furthest") if table.has("furthest") else now.furthest if same else None,
    )
    _check(read, table)
    table.done()
    return read


def _most(now: Field, kind: FieldKind) -> int:
    return min(now.max_length, LONGEST_PATTERN) if kind == "pattern" else now.max_length


def _check(wanted: Field, table: Reader) -> None:
    if wanted.max_length > LONGEST:
        table.wrong("max_length", f"must be at most {LONGEST}, which is what Slack takes, not {wanted.max_length}")
    if wanted.min_length > wanted.max_length:
        table.wrong("min_length", f"must not be above max_length ({wanted.max_length})")
    if wanted.least is not None and wanted.most is not None and wanted.least > wanted.most:
        table.wrong("least", f"must not be above most ({wanted.most})")
    of_kind = {
        "pattern": ("pattern",), "message": ("pattern",), "choices": ("choice",),
        "least": ("number", "amount"), "most": ("number", "amount"),
        "ahead": ("date", "datetime"), "furthest": ("date", "datetime"),
    }  # fmt: skip
    for key, kinds in of_kind.items():
        if table.has(key) and wanted.kind not in kinds:
            table.wrong(key, f"is for the kind {' and '.join(kinds)}; this one is {wanted.kind}")
    if wanted.kind == "choice" and not table.raw("choices", list, "", [], needed=False):
        table.wrong("choices", "is missing; must be a list of texts or of { value, labels }")
    if wanted.kind == "pattern" and not wanted.pattern:
        table.wrong("pattern", "is missing; must be a regular expression for the whole value")
    try:
        re.compile(wanted.pattern)
    except re.error as error:
        table.wrong("pattern", f"is no regular expression: {error}")
    if table.has("pattern") and not wanted.message:
        table.wrong("message", "is missing; says what is wanted, in zh-CN and en")


def _choices(table: Reader) -> Iterator[Choice]:
    """A list of texts, or of tables where a choice has a name of its own in each language."""
    rows = table.raw("choices", list, "a list of texts or of { value, labels }", [], needed=False)
    if len(rows) > MOST_CHOICES:
        table.wrong("choices", f"must be at most {MOST_CHOICES}, which is what a menu of Slack's takes")
    seen: set[str] = set()
    for index, row in enumerate(rows[:MOST_CHOICES]):
        at = f"choices[{index}]"
        inside = Reader(row if isinstance(row, Mapping) else {"value": row}, table.mistakes, table.at(at))
        value = inside.text("value").strip()
        choice = Choice(value, inside.labels("labels", needed=False) or no_labels())
        inside.done()
        if len(value) > LONGEST_CHOICE:
            table.wrong(at, f"must have at most {LONGEST_CHOICE} characters")
        elif value in seen:
            table.wrong(at, f"{value!r} stands twice")
        elif value:
            seen.add(value)
            yield choice


def _words(table: Reader, key: str) -> Labels:
    return table.labels(key, needed=False)


def _decimal(table: Reader, key: str, default: Decimal | None) -> Decimal | None:
    """A number as text or whole number: TOML's own fractions are binary."""
    value = table.raw(key, (str, int), 'a number such as 5 or "0.50"', None, needed=False)
    if value is None:
        return default
    try:
        found = Decimal(value)
    except InvalidOperation:
        found = Decimal("NaN")
    if not found.is_finite():
        table.wrong(key, f'must be a number such as 5 or "0.50", not {value!r}')
        return default
    return found
