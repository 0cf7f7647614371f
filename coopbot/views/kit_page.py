"""The appeal kit as a page that the platform's people read: no scripts, nothing from outside, every value escaped."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from html import escape
from pathlib import Path
from string import Template
from typing import Any
from zoneinfo import ZoneInfo

from coopbot.ports import Translate
from coopbot.views.kit_words import CODED, CODES, FIELDS, GAPS, KINDS, OF_MACHINES
from coopbot.views.text import money

Document = Mapping[str, Any]
VERIFY = " ".join(("coopbot", "verify-kit"))
GAP, TITLE = ' class="gap"', ' title="'
PAGE = Template((Path(__file__).parent / "kit.html").read_text(encoding="utf-8"))


def page(document: Document, t: Translate) -> str:
    """Times on the clock of the profile's zone; the records hold them with their offset."""
    about = document["records"][0]["data"]
    zone = ZoneInfo(str(about["zone"]))
    gaps = [str(record["data"]["what"]) for record in document["records"] if record["kind"] == "gap"]
    notes = [t("Every record carries the hash of the one before: {command} checks the file.", command=VERIFY)]
    if about["masked"]:
        notes.append(t("The consumer's data is masked."))
    if any(record["kind"] == "file" for record in document["records"]):
        notes.append(t("Files are as they were handed in: nothing in them is masked."))
    columns = ("#", t("Time ({zone})", zone=zone.key), t("What"), t("Details"), t("Hash"))
    return PAGE.substitute(
        language=t.language,
        title=escape(t("Appeal kit: penalty {ref}", ref=about["ref"])),
        summary=_list(_summary(about, document, zone, t)),
        notes="".join(f"<p>{escape(note)}</p>" for note in notes),
        gaps=_gaps(gaps, t),
        head="".join(f"<th>{escape(name)}</th>" for name in columns),
        rows="".join(_row(record, zone, t) for record in document["records"]),
        last=escape(t("Head")),
        hash=escape(str(document["head"])),
    )


def _summary(about: Mapping[str, Any], document: Document, zone: ZoneInfo, t: Translate) -> Iterator[tuple[str, str]]:
    """What it is about, in a few lines."""
    due = next((record["data"]["due_at"] for record in document["records"] if record["kind"] == "due"), None)
    for name in ("shop", "order", "kind", "amount", "points", "month", "until"):
        yield from _said(name, about.get(name), about, zone, t)
    yield from _said("issued_at", document["records"][0]["at"], about, zone, t)
    yield from _said("due_at", due, about, zone, t)
    yield from _said("made_at", about["made_at"], about, zone, t)


def _gaps(gaps: list[str], t: Translate) -> str:
    if not gaps:
        return f"<p>{escape(t('Gaps: {n}', n=0))}</p>"
    lines = "".join(f"<li>{escape(t(each) if each in GAPS else each)}</li>" for each in gaps)
    return f"<div{GAP}><strong>{escape(t('Gaps: {n}', n=len(gaps)))}</strong><ul>{lines}</ul></div>"


def _row(record: Mapping[str, Any], zone: ZoneInfo, t: Translate) -> str:
    kind = str(record["kind"])
    name = t(KINDS[kind]) if kind in KINDS else kind
    mark = GAP if kind == "gap" else ""
    full = escape(str(record["hash"]))
    return (
        f"<tr{mark}><td>{record['n']}</td><td>{escape(_local(str(record['at']), zone))}</td>"
        f"<td>{escape(name)}</td><td>{_list(_details(record['data'], zone, t))}</td>"
        f'<td><code{TITLE}{full}">{full[:12]}</code></td></tr>'
    )


def _details(data: Mapping[str, Any], zone: ZoneInfo, t: Translate) -> Iterator[tuple[str, str]]:
    """Every value that is there, with what is nested in it."""
    for name, value in data.items():
        if name == "data" and isinstance(value, Mapping):
            yield from _details(value, zone, t)
        elif name not in OF_MACHINES:
            yield from _said(name, value, data, zone, t)


def _said(name: str, value: Any, beside: Mapping[str, Any], zone: ZoneInfo, t: Translate) -> Iterator[tuple[str, str]]:
    if value is None or value in ("", [], {}):
        return
    yield t(FIELDS[name]) if name in FIELDS else name, _value(name, value, beside, zone, t)


def _value(name: str, value: Any, beside: Mapping[str, Any], zone: ZoneInfo, t: Translate) -> str:
    match value:
        case bool():
            return t("yes") if value else t("no")
        case int() if name == "amount" and "currency" in beside:
            return money(value, str(beside["currency"]))
        case str() if name == "what" and value in GAPS:
            return t(value)
        case str() if name in CODED and (word := CODES.get(f"{name}:{value}") or CODES.get(value)):
            return t(word)
        case str() if name == "order":
            return value.partition(":")[2]
        case str():
            return _local(value, zone)
        case Mapping():
            return "; ".join(f"{key}: {each}" for key, each in _details(value, zone, t))
        case list() | tuple():
            return "\n".join(_value(name, each, beside, zone, t) for each in value)
        case _:
            return json.dumps(value, ensure_ascii=False)


def _local(text: str, zone: ZoneInfo) -> str:
    """An RFC 3339 instant on the zone's clock; any other text as it is."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return text
    return f"{at.astimezone(zone):%Y-%m-%d %H:%M:%S}" if at.tzinfo is not None else text


def _list(pairs: Iterator[tuple[str, str]]) -> str:
    return "<dl>" + "".join(f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>" for name, value in pairs) + "</dl>"
