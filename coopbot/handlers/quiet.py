"""Snooze on a card, and one's own quiet hours by ``/coop quiet`` or from Home."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from coopbot.domain.quiet import Quiet
from coopbot.handlers.asking import Asked
from coopbot.handlers.interaction import Click, Submission
from coopbot.handlers.reception import Followup, Reception
from coopbot.ports import Message, Translate, Tx
from coopbot.services import quiet, snoozing
from coopbot.services.permission import language_of
from coopbot.views import ids
from coopbot.views import quiet as quiet_view
from coopbot.views.snooze import read_snooze, snooze_modal

OFF = ("off", "none", "关闭", "关")


async def command(reception: Reception, asked: Asked, t: Translate) -> Message | None:
    """``/coop quiet`` opens the form, ``/coop quiet off`` ends them."""
    if len(asked.words) > 1 and asked.words[1].lower() in OFF:
        await reception.write(_set, reception, asked.user, None)
        return quiet_view.saved(None, t)
    found = await reception.read(quiet.form, reception.desk, asked.user, asked.channel)
    reception.hold(reception.open_view(asked.trigger_id, quiet_view.quiet_modal(found, t)))
    return None


async def open_form(reception: Reception, click: Click) -> Followup:
    found = await reception.read(quiet.form, reception.desk, click.user, "")
    view = quiet_view.quiet_modal(found, reception.languages[found.language])
    return reception.open_view(click.trigger_id, view)


async def save(reception: Reception, submission: Submission) -> Mapping[str, Any]:
    """It closes with what is so from now on."""
    hours = quiet_view.read_quiet(submission.values)
    await reception.write(_set, reception, submission.user, hours)
    t = reception.languages[await reception.read(language_of, reception.desk, submission.user)]
    return {"response_action": "update", "view": quiet_view.saved_modal(hours, t)}


async def open_snooze(reception: Reception, click: Click) -> Followup:
    now, key = reception.clock.now(), click.order()
    it, latest, language = await reception.read(snoozing.form, now, reception.desk, click.user, key)
    return reception.open_view(click.trigger_id, snooze_modal(it, latest, reception.languages[language]))


async def snooze(reception: Reception, submission: Submission) -> None:
    now = reception.clock.now()
    until, block = read_snooze(submission.values, now), ids.SNOOZE_AT
    key, view = submission.order(), submission.view_id
    await reception.write(snoozing.snooze, now, reception.desk, submission.user, key, until, view, block)


def _set(tx: Tx, reception: Reception, user: str, hours: Quiet | None) -> None:
    now = reception.clock.now()
    quiet.set_hours(tx, now, reception.desk, user, hours, ids.QUIET_UNTIL)
    quiet.let_go(tx, now, reception.desk)
