"""The modals: what is in them is saved before they close (decisions.md 29)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType
from typing import Any

from coopbot.clock import wall
from coopbot.domain.outage import FiledOutage
from coopbot.domain.team import Desk
from coopbot.domain.wording import filled
from coopbot.errors import Refusal
from coopbot.handlers import approval, group_answer, oncall, promises, quiet, templates
from coopbot.handlers.interaction import Submission
from coopbot.handlers.reception import Reception
from coopbot.services import answering, asking, drafts, looking, outage_end, outages
from coopbot.services.answering import Draft
from coopbot.views import ids
from coopbot.views import outage as outage_view
from coopbot.views.ask_again import ask_again_modal
from coopbot.views.field_input import read_fields
from coopbot.views.reply_modal import read_files, read_reply

Answer = Mapping[str, Any] | None
"""What the modal becomes; None closes it."""
Handler = Callable[[Reception, Submission], Awaitable[Answer]]


async def reply(reception: Reception, submission: Submission) -> Answer:
    values = submission.values
    draft = Draft(read_reply(values), view=submission.view_id, files=read_files(values))
    return await _answer(reception, submission, draft)


async def preset(reception: Reception, submission: Submission) -> Answer:
    """A preset with its fields: every one is there, or the modal stays open and says which is not."""
    code = submission.metadata.partition("|")[2]
    typed, now, key = read_fields(submission.values), reception.clock.now(), submission.order()
    handed = read_files(submission.values)
    try:
        it, _ = await reception.read(looking.to_answer, now, reception.desk, submission.user, key)
        done = filled(looking.preset(it, code), it.order, typed, it.rules, now)
        return await _answer(reception, submission, Draft(done.text, code, done.fields, submission.view_id, handed))
    except Refusal:
        await reception.write(drafts.keep_fields, now, submission.user, key, typed)
        raise


async def ask_again(reception: Reception, submission: Submission) -> Answer:
    """The second step of a sensitive answer: what was shown there is sent, nothing else."""
    asked = submission.metadata.partition("|")[2]
    draft = await reception.read(asking.asked, submission.user, submission.order(), asked)
    await _send(reception, submission, draft)
    return {"response_action": "clear"}


async def _answer(reception: Reception, submission: Submission, draft: Draft) -> Answer:
    key, who, now = submission.order(), submission.user, reception.clock.now()
    try:
        question = await reception.read(asking.question, now, reception.desk, who, key, draft)
        if question is None:
            await _send(reception, submission, draft)
            return None
    except Refusal:
        if draft.preset_code is None:
            await reception.write(drafts.keep, now, who, key, draft.text)
        raise
    await reception.write(asking.ask, now, who, key, draft)
    t = reception.languages[question.language]
    names = [each.name for each in draft.files]
    shown = ask_again_modal(question.seen, draft.text, asking.digest(draft.text), question.sensitive, t, files=names)
    return {"response_action": "push", "view": shown}


async def _send(reception: Reception, submission: Submission, draft: Draft) -> None:
    key, who, now = submission.order(), submission.user, reception.clock.now()
    attached = "".join(f":{each.source}" for each in draft.files)
    reply_id = answering.reply_id(f"{submission.view_id}:{draft.text}:{sorted(draft.fields.items())}{attached}")
    await reception.write(answering.answer, now, reception.desk, who, key, draft, reply_id, wall())


async def outage(reception: Reception, submission: Submission) -> Mapping[str, Any]:
    now = reception.clock.now()
    report = outage_view.read_outage(submission.values, now)
    filed, language = await reception.write(
        outages.report, now, reception.desk, submission.user, submission.metadata, report, submission.view_id
    )
    t, names = reception.languages[language], reception.desk.names_by_key
    view = outage_view.filed_view(filed, t, names, paste=_pastes(reception.desk, filed))
    return {"response_action": "update", "view": view}


async def outage_over(reception: Reception, submission: Submission) -> Mapping[str, Any]:
    """When the outage was over; the form becomes what the operations manager is told."""
    at = outage_view.read_end(submission.values)
    now, desk, identity = reception.clock.now(), reception.desk, submission.metadata
    ended, language = await reception.write(outage_end.end, now, desk, submission.user, identity, at)
    t, names = reception.languages[language], desk.names_by_key
    return {"response_action": "update", "view": outage_view.ended_view(ended, t, names, paste=_pastes(desk, ended))}


def _pastes(desk: Desk, filed: FiledOutage) -> bool:
    """Whether a connection of these shops wants the text shown (``operations_manager.text``)."""
    names = {shop.partition(":")[0] for shop in filed.shops}
    return any(desk.connections[name].operations_manager.text for name in names if name in desk.connections)


VIEWS: Mapping[str, Handler] = MappingProxyType(
    {
        ids.REPLY_MODAL: reply,
        ids.PRESET_MODAL: preset,
        ids.ASK_AGAIN_MODAL: ask_again,
        ids.DECLINE_MODAL: approval.declined,
        ids.SEND_ALONE_MODAL: approval.sent_alone,
        ids.OUTAGE_MODAL: outage,
        ids.OUTAGE_END_MODAL: outage_over,
        ids.TEMPLATE_MODAL: templates.saved,
        ids.TEMPLATE_FILE_MODAL: templates.take_file,
        ids.TOGETHER_MODAL: group_answer.look,
        ids.TOGETHER_SEND_MODAL: group_answer.send,
        ids.TOGETHER_FINAL_MODAL: group_answer.send_final,
        ids.ROTA_MODAL: oncall.change_rota,
        ids.SWAP_MODAL: oncall.ask_swap,
        ids.SNOOZE_MODAL: quiet.snooze,
        ids.QUIET_MODAL: quiet.save,
        ids.PROMISE_KEPT_MODAL: promises.save_kept,
        ids.PROMISE_GIVEN_UP_MODAL: promises.save_given_up,
    }
)
