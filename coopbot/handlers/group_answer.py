"""One answer for several orders: choose, look at each, send (leads)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from coopbot.clock import wall
from coopbot.domain.together import shared_presets
from coopbot.handlers.interaction import Click, Submission
from coopbot.handlers.opening import opening
from coopbot.handlers.reception import Followup, Reception
from coopbot.services import group_steps, together
from coopbot.services.group_steps import Kept
from coopbot.services.permission import language_of, names_of
from coopbot.views.together import final_modal, outcome_modal, preview_modal, read_choice, read_each, together_modal


async def choose(reception: Reception, click: Click) -> Followup:
    return await opening(reception, click.user, click.trigger_id, _choice(reception, click))


async def start(reception: Reception, click: Click) -> Followup:
    """A ready answer was chosen to begin with: its words come into the field."""
    return reception.update_view(click.view_id, await _choice(reception, click, click.value))


async def _choice(reception: Reception, click: Click, code: str = "") -> dict[str, Any]:
    now, key = reception.clock.now(), click.order()
    orders, found, language = await reception.read(together.choice, now, reception.desk, click.user, key)
    chosen = next((each for each in shared_presets(orders) if each.code == code), None)
    return together_modal(orders, found, key, reception.languages[language], user=click.user, start=chosen)


async def look(reception: Reception, submission: Submission) -> Mapping[str, Any]:
    """The first step: nothing is sent yet."""
    now, (keys, text) = reception.clock.now(), read_choice(submission.values)
    code = submission.metadata.partition("|")[2]
    group = await reception.read(together.group, now, reception.desk, submission.user, keys, text, code)
    await reception.write(group_steps.keep, now, submission.user, group)
    return {"response_action": "push", "view": preview_modal(group, reception.languages[group.language])}


async def send(reception: Reception, submission: Submission) -> Mapping[str, Any]:
    """The second: what was filled in is right everywhere; what is sensitive with it is shown once more, else sent."""
    desk, user, now, which = reception.desk, submission.user, reception.clock.now(), submission.metadata
    kept = await reception.read(group_steps.kept, user, which)
    fields = read_each(submission.values)
    looks, language = await reception.read(group_steps.to_look_at, now, desk, user, kept, fields)
    if not looks:
        return await _send(reception, submission, kept, fields)
    await reception.write(group_steps.keep_fields, now, user, which, fields)
    return {"response_action": "push", "view": final_modal(looks, which, reception.languages[language])}


async def send_final(reception: Reception, submission: Submission) -> Mapping[str, Any]:
    """The third: what was shown there is sent."""
    kept = await reception.read(group_steps.kept, submission.user, submission.metadata)
    return await _send(reception, submission, kept, kept.fields)


async def _send(
    reception: Reception, submission: Submission, kept: Kept, fields: Mapping[int, Mapping[str, str]]
) -> Mapping[str, Any]:
    """Each in its own unit of work, soonest due first; what stands in one's way stops no other."""
    desk, user, now = reception.desk, submission.user, reception.clock.now()
    outcomes = [
        await reception.write(
            group_steps.send, now, desk, user, key, was, kept, fields.get(index, {}), submission.view_id, wall()
        )
        for index, (key, was) in enumerate(kept.orders)
    ]
    holders = [str(each.skipped.facts.get("by") or "") for each in outcomes if each.skipped is not None]
    names = await reception.read(names_of, holders)
    t = reception.languages[await reception.read(language_of, desk, user)]
    return {"response_action": "update", "view": outcome_modal(outcomes, t, now, names)}
