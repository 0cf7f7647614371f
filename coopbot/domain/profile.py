"""A marketplace's rules as one frozen value, read from data (profiles/*.toml), each value with how sure it is."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal, cast
from zoneinfo import ZoneInfo

from coopbot.domain import sureness
from coopbot.domain.approval_rules import ApprovalRules, read_approval
from coopbot.domain.calendar import Calendar, find_zone
from coopbot.domain.durations import parse_duration
from coopbot.domain.effectiveness import UNITS, Effectiveness, Unit, measure, read_effectiveness
from coopbot.domain.field import Field, read_fields, usual
from coopbot.domain.hours_reading import read_calendars
from coopbot.domain.ladder import Rung, read_ladder
from coopbot.domain.named import Line, check_names, find_named, read_lines
from coopbot.domain.order_class import ClockKind, OrderClass, read_class
from coopbot.domain.penalty_rules import PenaltyRules, read_penalties
from coopbot.domain.pledge import PromiseRules, read_promise_rules
from coopbot.domain.reading import Labels, Reader
from coopbot.domain.scene import Preset, Scene, read_scene
from coopbot.domain.sureness import Sureness
from coopbot.errors import Misconfigured, Mistake

__all__ = [
    "GENERAL_SCENE",
    "Line",
    "OrderClass",
    "PenaltyRules",
    "Preset",
    "Profile",
    "Rung",
    "Scene",
    "Sureness",
    "builtin_path",
    "parse",
]

GENERAL_SCENE = "other"
"""The scene that every profile has: its presets answer what no other scene fits."""
UNDO_FOR, UNDO_NEEDS = timedelta(seconds=10), timedelta(minutes=10)
Rejection = Literal["original"] | tuple[Literal["fresh"], timedelta]


@dataclass(frozen=True, eq=False)
class Profile:
    """Two profiles are equal when their content is: ``digest`` is the SHA-256 of it in canonical JSON.

    An order keeps the version it was born under (house.md, rule 8): ``content`` is what the store keeps, and
    ``parse(json.loads(content))`` gives this value back.
    """

    name: str
    version: str
    digest: str
    content: str
    zone: ZoneInfo
    labels: Labels
    language: str
    """The platform's own: presets' texts are written in it."""
    working: Calendar
    wall: Calendar
    dated: Mapping[str, Labels]
    """Names of the dated pauses and openings in every language, by the label that the calendars' windows carry."""
    reply_max: int
    reply_unit: Unit
    undo_for: timedelta
    """How long a reply that nobody was asked about stays before it leaves (decisions.md 13); zero: not at all."""
    undo_needs: timedelta
    """With less than this left until the due time nothing stays."""
    ask_over: int
    """Fen; an answer that speaks of more money is asked about once more before it is sent. 0: none is."""
    classes: Mapping[str, OrderClass]
    scenes: Mapping[str, Scene]
    fields: Mapping[str, Field]
    """Fields of presets that this platform describes; :meth:`field` knows the others too."""
    merchant_types: Mapping[str, Line]
    business_lines: Mapping[str, Line]
    refused_kinds: Mapping[str, Line]
    after_rejection: Rejection
    pauses_clock: bool
    """Whether the platform really stops its clock for a pause; else ours is an internal hold and the clock runs."""
    minimum_staffed: timedelta
    claim_expires: timedelta | None
    approval: ApprovalRules
    promises: PromiseRules
    effectiveness: Effectiveness
    ladders: Mapping[str, tuple[Rung, ...]]
    penalties: PenaltyRules
    console_path: Labels
    sources: Mapping[str, Sureness]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Profile) and other.digest == self.digest

    def __hash__(self) -> int:
        return hash(self.digest)

    def order_class(self, code_or_alias: str) -> OrderClass | None:
        """The class of that code or of any of its names, None when the profile has none."""
        return find_named(self.classes, code_or_alias)

    def scene(self, code_or_alias: str) -> Scene:
        """The scene of that code or name; an unknown one is general and carries the platform's own word."""
        found = find_named(self.scenes, code_or_alias)
        if found:
            return found
        raw = code_or_alias.strip()
        general = self.scenes[GENERAL_SCENE]
        labels = MappingProxyType(dict.fromkeys(general.labels, raw)) if raw else general.labels
        return replace(general, labels=labels, known=False)

    def presets(self, scene_code: str) -> tuple[Preset, ...]:
        """The ready answers of a scene, followed by the general ones."""
        own = self.scene(scene_code).presets
        taken = {preset.code for preset in own}
        return own + tuple(preset for preset in self.scenes[GENERAL_SCENE].presets if preset.code not in taken)

    def field(self, name: str) -> Field:
        """What a preset's field of that name takes."""
        return self.fields.get(name) or usual(name)

    def business_line(self, code_or_alias: str) -> Line | None:
        """The business line of that name; None when unknown, which is taken (only listed ones are refused)."""
        return find_named(self.business_lines, code_or_alias)

    def merchant_type(self, code_or_alias: str) -> Line | None:
        """The merchant type of that name; None when unknown, which is taken and flagged (decisions.md 16)."""
        return find_named(self.merchant_types, code_or_alias)

    def refused_kind(self, code_or_alias: str) -> Line | None:
        """The refused kind of that name (a dispute), None for what is taken."""
        return find_named(self.refused_kinds, code_or_alias)

    @property
    def refused_business_lines(self) -> Mapping[str, Line]:
        return {code: line for code, line in self.business_lines.items() if not line.accepted}

    def ladder(self, class_code: str) -> tuple[Rung, ...]:
        """The rungs of a class, falling back to ``*``; empty when the profile names neither."""
        return self.ladders.get(class_code) or self.ladders.get("*", ())

    def calendar(self, clock: ClockKind) -> Calendar:
        """What counts: the working hours, or everything but the dated pauses that stop the wall clock too."""
        return self.working if clock == "working" else self.wall

    def reply_length(self, text: str) -> int:
        """The length of a reply in the platform's unit; ``reply_max`` is the most."""
        return measure(text, self.reply_unit)

    def sure(self, path: str) -> Sureness:
        """How sure the value at ``path`` (``classes.crc.budget``) is, and where it comes from."""
        return sureness.find(self.sources, path)

    @property
    def data(self) -> Mapping[str, Any]:
        """The content as tables, in the form that ``parse`` takes."""
        return cast(Mapping[str, Any], json.loads(self.content))

    @property
    def known_until(self) -> date | None:
        """The last date that the holiday sets cover; None without any. Later dates count as ordinary days."""
        return self.working.known_until


def parse(data: Mapping[str, Any], source: str, holidays: Mapping[str, Any] | None = None) -> Profile:
    """The profile that ``data`` (TOML or its stored JSON) describes; ``holidays`` are the sets that it may name.

    Raises Misconfigured with every mistake at once. The sets used become part of the content, so that a later set
    never moves an order that was born under this one.
    """
    mistakes: list[Mistake] = []
    content = dict(data)
    named = data.get("working", {}).get("holidays", []) if isinstance(data.get("working"), Mapping) else []
    sets = {**(holidays or {}), **(data.get("holiday_sets") or {})}
    used = [name for name in named if isinstance(name, str) and name in sets] if isinstance(named, list) else []
    if used:
        content["holiday_sets"] = {name: sets[name] for name in used}
    canonical = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str)
    top = Reader(content, mistakes)
    top.raw("holiday_sets", Mapping, "a table", {}, needed=False)
    profile = _read(top, canonical, sets)
    top.done()
    if mistakes:
        raise Misconfigured(source, mistakes)
    return profile


def _read(top: Reader, canonical: str, sets: Mapping[str, Any]) -> Profile:
    name = top.text("zone")
    zone = find_zone(name or "UTC")
    if zone is None:
        top.wrong("zone", f"must be an IANA time zone such as Asia/Shanghai, not {name!r}")
        zone = ZoneInfo("UTC")
    language = top.text("language", "zh-CN")
    working, wall, dated = read_calendars(top.table("working", needed=True), zone, sets, language)
    reply = top.table("reply", needed=True)
    claims = top.table("claims")
    classes = {code: read_class(code, table) for code, table in top.tables("classes", needed=True)}
    scenes = {code: read_scene(code, table) for code, table in top.tables("scenes", needed=True)}
    if not classes and top.has("classes"):
        top.wrong("classes", "must name at least one class")
    if GENERAL_SCENE not in scenes and top.has("scenes"):
        top.wrong(f"scenes.{GENERAL_SCENE}", "is missing: it has the presets for what no other scene fits")
    profile = Profile(
        name=top.text("name"),
        version=top.text("version"),
        digest=hashlib.sha256(canonical.encode()).hexdigest(),
        content=canonical,
        zone=zone,
        labels=top.labels("labels"),
        language=language,
        working=working,
        wall=wall,
        dated=dated,
        reply_max=reply.integer("max", least=1),
        reply_unit=cast(Unit, reply.choice("unit", UNITS)),
        undo_for=reply.duration("undo_for", UNDO_FOR),
        undo_needs=reply.duration("undo_needs", UNDO_NEEDS),
        ask_over=reply.integer("ask_over", 0),
        classes=MappingProxyType(classes),
        scenes=MappingProxyType(scenes),
        fields=read_fields(top),
        merchant_types=read_lines(top, "merchant_types"),
        business_lines=read_lines(top, "business_lines"),
        refused_kinds=read_lines(top, "refused_kinds"),
        after_rejection=_read_rejection(top),
        pauses_clock=top.flag("pauses_clock", False),
        minimum_staffed=top.duration("minimum_staffed", timedelta(0)),
        claim_expires=claims.maybe_duration("expire_after"),
        approval=read_approval(top.table("approval"), classes, scenes).over(ApprovalRules()),
        promises=read_promise_rules(top.table("promises")),
        effectiveness=read_effectiveness(top.table("effectiveness")),
        ladders=_read_ladders(top, classes),
        penalties=read_penalties(top.table("penalties")),
        console_path=top.labels("console_path", needed=False),
        sources=sureness.read_marks(top.table("sureness"), json.loads(canonical)),
    )
    reply.done()
    claims.done()
    check_names(top, "classes", classes)
    check_names(top, "scenes", scenes)
    return profile


def _read_rejection(top: Reader) -> Rejection:
    text = top.text("after_rejection", "original")
    kind, _, length = text.partition(":")
    if text == "original":
        return "original"
    try:
        if kind == "fresh" and parse_duration(length) > timedelta(0):
            return ("fresh", parse_duration(length))
    except ValueError:
        pass
    top.wrong("after_rejection", f"must be 'original' or such as 'fresh:24h', not {text!r}")
    return "original"


def _read_ladders(top: Reader, classes: Mapping[str, OrderClass]) -> Mapping[str, tuple[Rung, ...]]:
    table = top.table("ladders")
    ladders: dict[str, tuple[Rung, ...]] = {}
    for code in ("*", *classes):
        if table.has(code):
            ladders[code] = read_ladder(list(table.rows(code)))
    table.done()
    return MappingProxyType(ladders)


def builtin_path(name: str) -> Path:
    """Where the file of a profile that comes with the product lies; reading it is the edge's business."""
    return Path(__file__).parent.parent / "profiles" / f"{name}.toml"
