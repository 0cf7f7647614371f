"""The forms of the rota: somebody stands in or is away; a colleague is asked to take a shift."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from coopbot.domain.roster import Span, Standin
from coopbot.domain.team import Team
from coopbot.errors import Refusal
from coopbot.ports import Translate
from coopbot.views import ids
from coopbot.views.blocks import Block, context, field, modal, option, plain, section, select
from coopbot.views.pen import Pen
from coopbot.views.text import clean

WHY_MOST = 200
MOST_SHIFTS = 50


@dataclass(frozen=True)
class Asked:
    """What the swap's form says."""

    to: str
    start: datetime
    end: datetime
    why: str


def rota_modal(team: Team, user: str, t: Translate, now: datetime) -> Block:
    """An override or a leave; opened for oneself, from now on."""
    kinds = [option(t("stands in"), "override"), option(t("is away"), "leave")]
    start: Block = {"type": "datetimepicker", "action_id": ids.ROTA_FROM, "initial_date_time": int(now.timestamp())}
    who = {**_person(ids.ROTA_WHO, t), "initial_user": user}
    blocks = [
        field(t("Who"), who, ids.ROTA_WHO),
        field(t("What"), select(ids.ROTA_KIND, t("Choose"), kinds, initial=0), ids.ROTA_KIND),
        field(
            t("For whom"),
            _person(ids.ROTA_INSTEAD, t),
            ids.ROTA_INSTEAD,
            hint=t("Nobody chosen: for whoever is on call then."),
            optional=True,
        ),
        field(t("From"), start, ids.ROTA_FROM),
        field(t("Until"), {"type": "datetimepicker", "action_id": ids.ROTA_UNTIL}, ids.ROTA_UNTIL),
        field(t("Why"), _words(), ids.ROTA_WHY, optional=True),
    ]
    return modal(
        t("Change the rota"),
        blocks,
        close=t("Cancel"),
        submit=t("Save"),
        callback_id=ids.ROTA_MODAL,
        metadata=team.channel,
    )


def read_rota(values: Mapping[str, Any], identity: str) -> Standin:
    """The change in ``view.state.values``. Raises Refusal, naming the block, for what is missing."""
    kind: Literal["override", "leave"] = "leave" if _chosen(values, ids.ROTA_KIND) == "leave" else "override"
    return Standin(
        key=identity,
        kind=kind,
        who=_user(values, ids.ROTA_WHO),
        start=_instant(values, ids.ROTA_FROM),
        end=_instant(values, ids.ROTA_UNTIL),
        instead_of=str(_element(values, ids.ROTA_INSTEAD).get("selected_user") or "") if kind == "override" else "",
        why=_why(values),
    )


def swap_modal(team: Team, shifts: Sequence[Span], t: Translate, now: datetime) -> Block:
    """Which of one's shifts, and who is asked; without a shift there is nothing to swap."""
    if not shifts:
        said = section(t("You are not on the rota for the next two weeks."))
        return modal(t("Swap a shift"), [said], close=t("Close"))
    pen = Pen(t, now, team.hours.zone, tokens=False, escapes=False)
    options = [
        option(
            t("{start} to {end}", start=pen.at(span.start, day=True), end=pen.end(span.end, span.start))[:75],
            f"{span.start.isoformat()}/{span.end.isoformat()}",
        )
        for span in shifts[:MOST_SHIFTS]
    ]
    blocks = [
        field(t("Your shift"), select(ids.SWAP_SHIFT, t("Choose"), options, initial=0), ids.SWAP_SHIFT),
        field(t("Who is asked"), _person(ids.SWAP_WITH, t), ids.SWAP_WITH),
        field(t("Why"), _words(), ids.ROTA_WHY, optional=True),
        context(t("The shift stays yours until they accept.")),
    ]
    return modal(
        t("Swap a shift"),
        blocks,
        close=t("Cancel"),
        submit=t("Ask"),
        callback_id=ids.SWAP_MODAL,
        metadata=team.channel,
    )


def read_swap(values: Mapping[str, Any]) -> Asked:
    """The request in ``view.state.values``. Raises Refusal, naming the block, for what is missing."""
    start, _, end = _chosen(values, ids.SWAP_SHIFT).partition("/")
    try:
        shift = datetime.fromisoformat(start), datetime.fromisoformat(end)
    except ValueError:
        raise Refusal("not_your_shift", block=ids.SWAP_SHIFT) from None
    return Asked(_user(values, ids.SWAP_WITH), *shift, _why(values))


def saved(team: Team, standin: Standin, t: Translate, now: datetime) -> Block:
    """In place of the form: what is written down now."""
    pen = Pen(t, now, team.hours.zone, private=True)
    who, when = (
        pen.who(standin.who),
        {"start": pen.at(standin.start, day=True), "end": pen.end(standin.end, standin.start)},
    )
    line = t("{who} stands in from {start} to {end}.", who=who, **when)
    if standin.kind == "leave":
        line = t("{who} is away from {start} to {end}; the next in turn is called.", who=who, **when)
    elif standin.instead_of:
        line = t(
            "{who} stands in for {other} from {start} to {end}.", who=who, other=pen.who(standin.instead_of), **when
        )
    return modal(t("Change the rota"), [section(line)], close=t("Close"))


def _person(action_id: str, t: Translate) -> Block:
    return {"type": "users_select", "action_id": action_id, "placeholder": plain(t("Choose"), 150)}


def _words() -> Block:
    return {"type": "plain_text_input", "action_id": ids.ROTA_WHY, "max_length": WHY_MOST}


def _why(values: Mapping[str, Any]) -> str:
    return clean(str(_element(values, ids.ROTA_WHY).get("value") or ""))[:WHY_MOST]


def _user(values: Mapping[str, Any], block: str) -> str:
    user = str(_element(values, block).get("selected_user") or "")
    if not user:
        raise Refusal("missing_field", field=block, block=block)
    return user


def _chosen(values: Mapping[str, Any], block: str) -> str:
    return str((_element(values, block).get("selected_option") or {}).get("value") or "")


def _instant(values: Mapping[str, Any], block: str) -> datetime:
    seconds = _element(values, block).get("selected_date_time")
    if not seconds:
        raise Refusal("missing_field", field=block, block=block)
    return datetime.fromtimestamp(int(seconds), UTC)


def _element(values: Mapping[str, Any], block: str) -> Mapping[str, Any]:
    found: Mapping[str, Any] = (values.get(block) or {}).get(block) or {}
    return found
