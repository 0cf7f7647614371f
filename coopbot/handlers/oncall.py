"""``/coop oncall …`` and ``/coop drill``: the words, the two forms, and the buttons in direct messages."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from coopbot.clock import wall
from coopbot.domain.team import Team
from coopbot.handlers.asking import Asked
from coopbot.handlers.interaction import Click, Submission
from coopbot.handlers.reception import Followup, Reception
from coopbot.ports import Message, Translate, Tx
from coopbot.services import drill as drill_service
from coopbot.services import duty_group, oncall, rota, swaps
from coopbot.services.once import once
from coopbot.services.outages import team_of_user
from coopbot.services.permission import language_of
from coopbot.views import drill as drill_view
from coopbot.views import help as help_view
from coopbot.views import oncall as oncall_view
from coopbot.views import rota_forms
from coopbot.views import swap as swap_view

WORDS = {"现在": "now", "下一班": "next", "我的": "mine", "统计": "stats", "代班": "override", "换班": "swap"}


async def command(reception: Reception, asked: Asked, t: Translate) -> Message | None:
    """``/coop oncall [now | next | mine | stats | override | swap]``."""
    word = asked.words[1].lower() if len(asked.words) > 1 else "now"
    word = WORDS.get(word, word)
    now = reception.clock.now()
    if word == "stats":
        return oncall_view.stats(*await reception.read(oncall.stats, now, reception.desk, asked.user, asked.channel), t)
    if word not in ("now", "next", "mine", "override", "swap"):
        return help_view.help_(t, unknown=f"oncall {word}")
    seen, _ = await reception.read(oncall.look, now, reception.desk, asked.user, asked.channel)
    match word:
        case "mine":
            return oncall_view.mine(seen, t, now)
        case "override":
            reception.hold(reception.open_view(asked.trigger_id, rota_forms.rota_modal(seen.team, asked.user, t, now)))
            return None
        case "swap":
            view = rota_forms.swap_modal(seen.team, seen.mine, t, now)
            reception.hold(reception.open_view(asked.trigger_id, view))
            return None
    return oncall_view.oncall(seen, t, now)


async def drill(reception: Reception, asked: Asked, t: Translate) -> Message:
    """``/coop drill``: for leads."""
    identity = _identity(asked.trigger_id)
    now = reception.clock.now()
    begun = await reception.write(drill_service.start, now, reception.desk, asked.user, asked.channel, identity)
    names = await reception.read(oncall.names_of, frozenset(begun.called))
    return drill_view.started(begun, t, names)


async def change_rota(reception: Reception, submission: Submission) -> Mapping[str, Any]:
    """The form of an override or a leave; it closes with what was written down."""
    now, user = reception.clock.now(), submission.user
    standin = rota_forms.read_rota(submission.values, _identity(submission.view_id))

    def work(tx: Tx) -> tuple[Team, str]:
        team = team_of_user(tx, reception.desk, user, submission.metadata)
        keep = rota.leave if standin.kind == "leave" else rota.override
        keep(tx, now, reception.desk, user, team, standin)
        duty_group.sync(tx, now, reception.desk)
        return team, language_of(tx, reception.desk, user, team)

    team, language = await reception.write(work)
    view = rota_forms.saved(team, standin, reception.languages[language], now)
    return {"response_action": "update", "view": view}


async def ask_swap(reception: Reception, submission: Submission) -> None:
    asked = rota_forms.read_swap(submission.values)
    await reception.write(
        swaps.request,
        reception.clock.now(),
        reception.desk,
        submission.user,
        submission.metadata,
        asked.to,
        (asked.start, asked.end),
        _identity(submission.view_id),
        asked.why,
    )


async def accept_swap(reception: Reception, click: Click) -> Followup | None:
    return await _settle(reception, click, accept=True)


async def decline_swap(reception: Reception, click: Click) -> Followup | None:
    return await _settle(reception, click, accept=False)


async def claim_drill(reception: Reception, click: Click) -> None:
    now, identity = reception.clock.now(), click.order().number

    def work(tx: Tx) -> None:
        drill_service.claim(tx, now, reception.desk, click.user, identity)

    await reception.write(once, click.once, wall(), work)


async def _settle(reception: Reception, click: Click, *, accept: bool) -> Followup | None:
    """The answer takes the place of the request's buttons."""
    now, identity = reception.clock.now(), click.order().number

    def work(tx: Tx) -> swaps.Swap:
        settled = swaps.settle(tx, now, reception.desk, click.user, identity, accept=accept)
        duty_group.sync(tx, now, reception.desk)
        return settled

    swap = await reception.write(work)
    t = reception.languages[await reception.read(language_of, reception.desk, click.user)]
    names = await reception.read(oncall.names_of, frozenset({swap.by, swap.to}))
    message = swap_view.settled(swap, swap.state, t, now, reception.desk.profile.zone, names)
    if not click.response_url:
        return None
    return reception.whisper(click.response_url, message.text, [dict(block) for block in message.blocks], instead=True)


def _identity(text: str) -> str:
    """The same for the same form or command, delivered twice."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]
