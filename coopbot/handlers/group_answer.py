"""One answer for several orders: choose, look at each, send (leads)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from coopbot.clock import wall
from coopbot.handlers.interaction import Click, Submission
from coopbot.handlers.opening import opening
from coopbot.handlers.reception import Followup, Reception
from coopbot.services import together
from coopbot.services.permission import language_of, names_of
from coopbot.views.together import outcome_modal, preview_modal, read_choice, read_each, together_modal


async def choose(reception: Reception, click: Click) -> Followup:
    return await opening(reception, click.user, click.trigger_id, _choice(reception, click))


async def _choice(reception: Reception, click: Click) -> dict[str, Any]:
    now, key = reception.clock.now(), click.order()
    orders, found, language = await reception.read(together.choice, now, reception.desk, click.user, key)
    return together_modal(orders, found, key, reception.languages[language])


async def look(reception: Reception, submission: Submission) -> Mapping[str, Any]:
    """The first step: nothing is sent yet."""
    now, (keys, text) = reception.clock.now(), read_choice(submission.values)
    group = await reception.read(together.group, now, reception.desk, submission.user, keys, text)
    await reception.write(together.keep, now, submission.user, group)
    return {"response_action": "push", "view": preview_modal(group, reception.languages[group.language])}


async def send(reception: Reception, submission: Submission) -> Mapping[str, Any]:
    """The second: each in its own unit of work, soonest due first; what stands in one's way stops no other."""
    desk, user, now = reception.desk, submission.user, reception.clock.now()
    text, orders = await reception.read(together.kept, user, submission.metadata)
    fields = read_each(submission.values)
    await reception.read(together.must_be_filled, now, desk, [key for key, _ in orders], text, fields)
    outcomes = [
        await reception.write(
            together.send, now, desk, user, key, was, text, fields.get(index, {}), submission.view_id, wall()
        )
        for index, (key, was) in enumerate(orders)
    ]
    holders = [str(each.skipped.facts.get("by") or "") for each in outcomes if each.skipped is not None]
    names = await reception.read(names_of, holders)
    t = reception.languages[await reception.read(language_of, desk, user)]
    return {"response_action": "update", "view": outcome_modal(outcomes, t, now, names)}
