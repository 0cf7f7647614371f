"""``coopbot due``: when an order of a class would be due and why, for any made-up time, or for a file of many."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from coopbot.domain.explain import Explanation, explain
from coopbot.domain.profile import Profile
from coopbot.domain.sla import Due, due
from coopbot.domain.windows import instant
from coopbot.handlers.cli_rules import Rules
from coopbot.ports import Translate
from coopbot.views.explain import lines

_FIRST_YEAR, _LAST_YEAR = 1970, 2200
"""What is asked beyond these is a slip of the finger, and calendars end somewhere."""
_COLUMNS = {
    "work_order_no": ("work_order_no", "工单编号"),
    "class": ("class", "工单类型"),
    "raised_at": ("raised_at", "创建时间"),
    "due_at": ("due_at", "截止时间"),
    "rejected_at": ("rejected_at", "驳回时间"),
}


def mount(app: typer.Typer, rules: Rules) -> None:
    """Put the command on ``app``; ``rules`` reads profiles and speaks languages."""

    @app.command("due")
    def command(
        class_code: Annotated[str, typer.Option("--class", help="crc, general, or another class of the profile")] = "",
        raised_at: Annotated[str, typer.Option(help="RFC 3339; without an offset: the profile's own clock")] = "",
        profile: Annotated[str, typer.Option(help="a name in coopbot/profiles, or a path")] = "jd-pop",
        due_at: Annotated[str, typer.Option(help="the platform's own deadline, where it gave one")] = "",
        rejected_at: Annotated[str, typer.Option(help="when the platform rejected the answer")] = "",
        why: Annotated[bool, typer.Option("--explain", help="show how the due time came about")] = False,
        as_json: Annotated[bool, typer.Option("--json")] = False,
        file: Annotated[
            Path | None, typer.Option(help="CSV with work_order_no, class, raised_at (due_at, rejected_at)")
        ] = None,
        lang: Annotated[str, typer.Option(help="zh-CN or en")] = "en",
    ) -> None:
        """When an order would be due, in the profile's offset; --explain says why."""
        read, t = rules.read(profile), rules.languages[lang]
        if file is None:
            row = {"class": class_code, "raised_at": raised_at, "due_at": due_at, "rejected_at": rejected_at}
            try:
                answer = _answer(read, row)
            except ValueError as error:
                typer.echo(str(error), err=True)
                raise typer.Exit(2) from None
            _print(answer, t, why=why, as_json=as_json)
            return
        bad = 0
        try:
            rows = list(_rows(file))
        except (OSError, ValueError, csv.Error) as error:
            reason = error.strerror if isinstance(error, OSError) else error
            typer.echo(f"{file}: {reason}", err=True)
            raise typer.Exit(2) from None
        for number, columns in rows:
            try:
                answer = _answer(read, columns)
            except ValueError as error:
                bad += 1
                typer.echo(t("Line {n}: {reason}", n=number, reason=error), err=True)
                continue
            _print(answer, t, why=why, as_json=as_json, key=columns["work_order_no"] or str(number), in_file=True)
        if bad:
            raise typer.Exit(2)


def moment(text: str, profile: Profile) -> datetime:
    """An instant as a person types it: RFC 3339, or without an offset as the profile's clock reads it.

    Raises ValueError with a sentence for anything else.
    """
    try:
        value = datetime.fromisoformat(text.strip())
    except ValueError:
        raise ValueError(f"{text!r} is not a time such as 2026-11-23T18:10:00+08:00") from None
    if not _FIRST_YEAR <= value.year <= _LAST_YEAR:
        raise ValueError(f"{text!r} is not between the years {_FIRST_YEAR} and {_LAST_YEAR}")
    if value.tzinfo is not None:
        return value
    return instant(profile.zone, value.date(), value.hour * 3600 + value.minute * 60 + value.second)


def document(explanation: Explanation, profile: Profile, key: str = "") -> dict[str, Any]:
    """The explanation as JSON, instants as RFC 3339 in the profile's offset, lengths in seconds."""
    it = explanation.due

    def at(value: datetime | None) -> str | None:
        return None if value is None else value.astimezone(profile.zone).isoformat()

    out: dict[str, Any] = {"work_order_no": key} if key else {}
    return out | {
        "class": it.class_code,
        "profile": explanation.profile,
        "version": explanation.version,
        "raised_at": at(it.start) if it.source != "fresh" else None,
        "rejected_at": at(it.start) if it.source == "fresh" else None,
        "due_at": at(it.at),
        "source": it.source,
        "ours": at(it.ours),
        "platform": at(it.platform),
        "difference_s": None if it.difference is None else int(it.difference.total_seconds()),
        "budget_s": int(it.budget.total_seconds()),
        "clock": it.clock,
        "sure": {"budget": explanation.budget.level, "clock": explanation.clock.level},
        "steps": [
            {
                "kind": step.kind,
                "from": at(step.start),
                "to": at(step.end),
                "counted_s": int(step.counted.total_seconds()),
                "left_s": int(step.left.total_seconds()),
                "reason": dict(step.reason),
            }
            for step in explanation.steps
        ],
    }


def _answer(profile: Profile, row: Mapping[str, str]) -> tuple[Profile, Due]:
    for key, option in (("class", "--class"), ("raised_at", "--raised-at")):
        if not row.get(key):
            raise ValueError(f"{key} is missing ({option})")
    return profile, due(
        profile,
        row["class"],
        moment(row["raised_at"], profile),
        platform_due=moment(row["due_at"], profile) if row.get("due_at") else None,
        rejected_at=moment(row["rejected_at"], profile) if row.get("rejected_at") else None,
    )


def _print(
    answer: tuple[Profile, Due], t: Translate, *, why: bool, as_json: bool, key: str = "", in_file: bool = False
) -> None:
    profile, it = answer
    explanation = explain(profile, it)
    if as_json:
        whole = document(explanation, profile, key)
        if not why:
            whole.pop("steps")
        typer.echo(json.dumps(whole, ensure_ascii=False, indent=None if in_file else 2))
        return
    text = it.at.astimezone(profile.zone).isoformat()
    typer.echo(f"{key}\t{it.class_code}\t{text}" if in_file else text)
    if why:
        for line in lines(explanation, t):
            typer.echo("  " + line)


def _rows(file: Path) -> Iterator[tuple[int, Mapping[str, str]]]:
    """Rows with their line numbers; columns by their English or Chinese names, UTF-8 or GB18030.

    Raises OSError, csv.Error, and ValueError where a needed column is not there.
    """
    raw = file.read_bytes()
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = raw.decode("gb18030", errors="replace")
    reader = csv.DictReader(io.StringIO(text))
    header = {(name or "").strip() for name in reader.fieldnames or ()}
    for key in ("class", "raised_at"):
        if not header & set(_COLUMNS[key]):
            raise ValueError(f"has no column {key} ({_COLUMNS[key][1]})")
    for row in reader:
        clean = {(name or "").strip(): (value or "").strip() for name, value in row.items() if isinstance(value, str)}
        yield (
            reader.line_num,
            {
                key: next((clean[name] for name in (key, *names) if clean.get(name)), "")
                for key, names in _COLUMNS.items()
            },
        )
