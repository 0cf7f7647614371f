"""The modals: what is in them is saved before they close (decisions.md 29)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType
from typing import Any

from coopbot.domain.wording import filled
from coopbot.errors import Refusal
from coopbot.handlers import oncall
from coopbot.handlers.interaction import Submission
from coopbot.handlers.reception import Reception
from coopbot.services import answering, looking, outages
from coopbot.services.answering import Draft
from coopbot.views import ids
from coopbot.views import outage as outage_view
from coopbot.views.reply_modal import read_fields, read_reply

Handler = Callable[[Reception, Submission], Awaitable[Mapping[str, Any] | None]]


async def reply(reception: Reception, submission: Submission) -> None:
    await _answer(reception, submission, Draft(read_reply(submission.values), view=submission.view_id))


async def preset(reception: Reception, submission: Submission) -> None:
    """A preset with its fields: every one is there, or the modal stays open and says which is not."""
    code = submission.metadata.partition("|")[2]
    fields = read_fields(submission.values)
    it, _ = await reception.read(
        looking.to_answer, reception.clock.now(), reception.desk, submission.user, submission.order()
    )
    text = filled(looking.preset(it, code), it.order, fields, it.rules)
    await _answer(reception, submission, Draft(text, code, fields, submission.view_id))


async def _answer(reception: Reception, submission: Submission, draft: Draft) -> None:
    key, who, now = submission.order(), submission.user, reception.clock.now()
    try:
        reply_id = answering.reply_id(f"{submission.view_id}:{draft.text}:{sorted(draft.fields.items())}")
        await reception.write(answering.answer, now, reception.desk, who, key, draft, reply_id)
    except Refusal:
        await reception.write(looking.keep_draft, now, who, key, draft.text)
        raise
    if draft.preset_code is None:
        await reception.write(looking.drop_draft, who, key)


async def outage(reception: Reception, submission: Submission) -> Mapping[str, Any]:
    now = reception.clock.now()
    report = outage_view.read_outage(submission.values, now)
    filed, language = await reception.write(
        outages.report, now, reception.desk, submission.user, submission.metadata, report, submission.view_id
    )
    t = reception.languages[language]
    return {"response_action": "update", "view": outage_view.filed_view(filed, t)}


VIEWS: Mapping[str, Handler] = MappingProxyType(
    {ids.REPLY_MODAL: reply, ids.PRESET_MODAL: preset, ids.OUTAGE_MODAL: outage}
    | {ids.ROTA_MODAL: oncall.change_rota, ids.SWAP_MODAL: oncall.ask_swap}
)
