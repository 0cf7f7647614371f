"""The buttons and the two forms of an answer that waits for a second person."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from coopbot.clock import wall
from coopbot.domain.approval import Request
from coopbot.domain.seen import Seen
from coopbot.domain.team import Desk
from coopbot.domain.work_order import OrderKey, WorkOrder
from coopbot.handlers.interaction import Click, Submission
from coopbot.handlers.reception import Followup, Reception
from coopbot.ports import Translate, Tx
from coopbot.services import verdicts
from coopbot.services.once import once
from coopbot.views import approval as approval_view
from coopbot.views.blocks import Block

Verdict = Callable[[Tx, datetime, Desk, str, OrderKey, str], WorkOrder]
Look = Callable[[Tx, datetime, Desk, str, OrderKey, str], tuple[Seen, Request, str]]
Form = Callable[[Seen, Request, Translate], Block]
Said = Callable[[Tx, datetime, Desk, str, OrderKey, str, str, str], WorkOrder]


async def approve(reception: Reception, click: Click) -> None:
    await _act(reception, click, verdicts.approve)


async def withdraw(reception: Reception, click: Click) -> None:
    await _act(reception, click, verdicts.withdraw)


async def decline(reception: Reception, click: Click) -> Followup:
    return await _open(reception, click, verdicts.to_decline, approval_view.decline_modal)


async def send_alone(reception: Reception, click: Click) -> Followup:
    return await _open(reception, click, verdicts.to_send_alone, approval_view.send_alone_modal)


async def declined(reception: Reception, submission: Submission) -> None:
    await _say(reception, submission, verdicts.decline)


async def sent_alone(reception: Reception, submission: Submission) -> None:
    await _say(reception, submission, verdicts.send_alone)


async def _act(reception: Reception, click: Click, verdict: Verdict) -> None:
    now, key = reception.clock.now(), click.order()

    def work(tx: Tx) -> WorkOrder:
        return verdict(tx, now, reception.desk, click.user, key, click.pressed.subject)

    await reception.write(once, click.once, wall(), work)


async def _open(reception: Reception, click: Click, look: Look, form: Form) -> Followup:
    now, key = reception.clock.now(), click.order()
    it, asked, language = await reception.read(look, now, reception.desk, click.user, key, click.pressed.subject)
    return reception.open_view(click.trigger_id, form(it, asked, reception.languages[language]))


async def _say(reception: Reception, submission: Submission, verdict: Said) -> None:
    now, identity = reception.clock.now(), submission.metadata.partition("|")[2]
    reason = approval_view.read_reason(submission.values)
    who, key, view = submission.user, submission.order(), submission.view_id

    def work(tx: Tx) -> WorkOrder:
        return verdict(tx, now, reception.desk, who, key, identity, reason, view)

    await reception.write(once, f"verdict:{view}:{identity}", wall(), work)
