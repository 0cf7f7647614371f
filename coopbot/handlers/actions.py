"""The card's buttons: one entry each, named as in views/ids.py (a test ties the two)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType
from typing import Any

from coopbot.clock import wall
from coopbot.domain.scene import Preset
from coopbot.domain.seen import Seen
from coopbot.domain.wording import filled, needed
from coopbot.domain.work_order import WorkOrder
from coopbot.handlers import approval, group_answer, money, oncall, promises, quiet, templates
from coopbot.handlers.interaction import Click
from coopbot.handlers.opening import opening
from coopbot.handlers.reception import Followup, Reception
from coopbot.ports import Translate, Tx
from coopbot.services import answering, asking, drafts, looking
from coopbot.services.answering import Draft
from coopbot.services.once import met, once
from coopbot.services.outages import team_of_user
from coopbot.services.permission import language_of
from coopbot.views import consumer as consumer_view
from coopbot.views import ids, reply_modal
from coopbot.views import outage as outage_view
from coopbot.views.ask_again import ask_again_modal
from coopbot.views.blocks import DIALOG_SHOWS
from coopbot.views.why import why as why_view

Handler = Callable[[Reception, Click], Awaitable[Followup | None]]


async def _act(reception: Reception, click: Click, service: Callable[..., WorkOrder], *more: Any) -> None:
    """A button that changes the order: one service, one commit, and the card's redraw is owed with it."""
    now, key = reception.clock.now(), click.order()

    def work(tx: Tx) -> WorkOrder:
        met(tx, click.user, click.user_name)
        return service(tx, now, reception.desk, click.user, key, *more)

    await reception.write(once, click.once, wall(), work)


async def claim(reception: Reception, click: Click) -> Followup | None:
    """In the modal that a row of a digest opens it stays open: what was typed there can still be sent."""
    await _act(reception, click, answering.claim)
    if not click.view_id:
        return None
    it, language = await reception.read(looking.to_answer, *_who(reception, click))
    view = reply_modal.reply_modal(it, reception.languages[language], files=reception.desk.passes_on)
    return reception.update_view(click.view_id, view)


async def release(reception: Reception, click: Click) -> None:
    await _act(reception, click, answering.release)


async def take_over(reception: Reception, click: Click) -> None:
    await _act(reception, click, answering.take_over)


async def undo(reception: Reception, click: Click) -> None:
    await _act(reception, click, answering.undo)


async def hand_over(reception: Reception, click: Click) -> None:
    await _act(reception, click, answering.hand_over, click.pressed.user)


async def preset(reception: Reception, click: Click) -> Followup | None:
    """Answer with a preset; one that needs fields opens a modal with just those."""
    it, language = await reception.read(looking.to_answer, *_who(reception, click))
    chosen = looking.preset(it, click.pressed.preset)
    if needed(chosen, it.order):
        view = _preset_modal(reception, click, it, chosen, reception.languages[language])
        return await opening(reception, click.user, click.trigger_id, view)
    text = filled(chosen, it.order, {}, it.rules, reception.clock.now()).text
    menu, long = click.action_id == ids.PRESET_MENU, len(text) > DIALOG_SHOWS
    draft = Draft(text, chosen.code, asked=menu or not long)  # by the button's or the menu's own dialog
    if (menu or long) and (second := await _once_more(reception, click, draft)) is not None:
        return second
    await _act(reception, click, answering.answer, draft, answering.reply_id(click.once), wall())
    return None


async def _preset_modal(reception: Reception, click: Click, it: Seen, chosen: Preset, t: Translate) -> dict[str, Any]:
    typed = await reception.read(drafts.read_fields, reception.clock.now(), click.user, it.order.key)
    return reply_modal.preset_modal(it, chosen, t, files=reception.desk.passes_on, draft=typed)


async def _once_more(reception: Reception, click: Click, draft: Draft) -> Followup | None:
    """A sensitive answer whose text no dialog could show, a menu's or a long one: it is shown here, and asked about."""
    now, key = reception.clock.now(), click.order()
    question = await reception.read(asking.question, now, reception.desk, click.user, key, draft)
    if question is None:
        return None
    await reception.write(asking.ask, now, click.user, key, draft)
    t = reception.languages[question.language]
    which = asking.digest(draft.text)
    return reception.open_view(
        click.trigger_id, ask_again_modal(question.seen, draft.text, which, question.sensitive, t, close=t("Cancel"))
    )


async def other_answer(reception: Reception, click: Click) -> Followup:
    return await opening(reception, click.user, click.trigger_id, _reply_modal(reception, click))


async def _reply_modal(reception: Reception, click: Click) -> dict[str, Any]:
    it, language = await reception.read(looking.to_answer, *_who(reception, click))
    draft = await reception.read(drafts.read, reception.clock.now(), click.user, it.order.key)
    files = reception.desk.passes_on
    return reply_modal.reply_modal(it, reception.languages[language], draft=draft, files=files)


async def typing(reception: Reception, click: Click) -> None:
    """What is being typed survives a closed modal and a dead battery."""
    now, key = reception.clock.now(), click.order()
    await reception.write(drafts.typed, now, reception.desk, click.user, key, click.pressed.text, click.view_id)


async def show_consumer(reception: Reception, click: Click) -> Followup:
    """Whole consumer data for a member, and the look is recorded (decisions.md 22)."""
    it = await reception.write(looking.at_consumer, *_who(reception, click))
    t = reception.languages[await reception.read(language_of, reception.desk, click.user, it.team)]
    message = consumer_view.consumer(it, t)
    return reception.whisper(click.response_url, message.text, [dict(block) for block in message.blocks])


async def show_all(reception: Reception, click: Click) -> Followup:
    it, language = await reception.read(looking.for_member, *_who(reception, click))
    return reception.open_view(click.trigger_id, consumer_view.whole_text(it, reception.languages[language]))


async def show_answered(reception: Reception, click: Click) -> None:
    await reception.write(looking.show, *_who(reception, click))


async def why(reception: Reception, click: Click) -> Followup:
    it, language = await reception.read(looking.for_member, *_who(reception, click))
    message = why_view(it, reception.languages[language])
    return reception.whisper(click.response_url, message.text, [dict(block) for block in message.blocks])


async def outage(reception: Reception, click: Click) -> Followup:
    """From a card its shop is chosen already; from Home it is the form of the user's team."""
    if click.pressed.order is None:
        team = await reception.read(team_of_user, reception.desk, click.user, "")
        t = reception.languages[await reception.read(language_of, reception.desk, click.user, team)]
        names, now = reception.desk.names_by_key, reception.clock.now()
        view = outage_view.outage_modal(team, t, now, names, reception.desk.files)
        return reception.open_view(click.trigger_id, view)
    it, language = await reception.read(looking.for_member, *_who(reception, click))
    names, files = reception.desk.names_by_key, reception.desk.files
    view = outage_view.outage_modal(it, reception.languages[language], names=names, files=files)
    return reception.open_view(click.trigger_id, view)


async def nothing(_: Reception, __: Click) -> None:
    """A link button: Slack opens it, and tells us of the click."""


def _who(reception: Reception, click: Click) -> tuple[Any, ...]:
    return reception.clock.now(), reception.desk, click.user, click.order()


ACTIONS: Mapping[str, Handler] = MappingProxyType(
    {
        ids.CLAIM: claim,
        ids.RELEASE: release,
        ids.TAKE_OVER: take_over,
        ids.HAND_OVER: hand_over,
        ids.PRESET: preset,
        ids.OTHER_ANSWER: other_answer,
        ids.TEMPLATES: templates.open_list,
        ids.TEMPLATE_NEW: templates.new,
        ids.TEMPLATE_DO: templates.do,
        ids.TEMPLATE_EXPORT: templates.export,
        ids.TEMPLATE_IMPORT: templates.ask_for_file,
        ids.REPLY_TEXT: typing,
        ids.SHOW_CONSUMER: show_consumer,
        ids.SHOW_ALL: show_all,
        ids.SHOW_ANSWERED: show_answered,
        ids.WHY: why,
        ids.UNDO: undo,
        ids.SNOOZE: quiet.open_snooze,
        ids.QUIET: quiet.open_form,
        ids.TOGETHER: group_answer.choose,
        ids.TOGETHER_START: group_answer.start,
        ids.OUTAGE: outage,
        ids.CONSOLE: nothing,
        ids.OPEN_CARD: nothing,
        ids.SWAP_ACCEPT: oncall.accept_swap,
        ids.SWAP_DECLINE: oncall.decline_swap,
        ids.DRILL_CLAIM: oncall.claim_drill,
        ids.APPROVE: approval.approve,
        ids.DECLINE: approval.decline,
        ids.WITHDRAW: approval.withdraw,
        ids.SEND_ALONE: approval.send_alone,
        ids.PROMISE_KEPT: promises.kept,
        ids.PROMISE_GIVE_UP: promises.give_up,
        ids.PROMISE_HAND_OVER: promises.hand_over,
        ids.KIT: money.build_kit,
        ids.APPEALED: money.appealed,
        ids.APPEAL_LOST: money.appeal_lost,
        ids.OUTAGE_GRANTED: money.outage_granted,
        ids.OUTAGE_REFUSED: money.outage_refused,
        ids.OUTAGE_OVER: money.outage_over,
        ids.LEDGER_FILE: money.ledger_file,
        ids.RISK: money.show_reckoning,
    }
)
