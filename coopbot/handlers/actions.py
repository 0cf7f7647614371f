"""The card's buttons: one entry each, named as in views/ids.py (a test ties the two)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType
from typing import Any

from coopbot.clock import wall
from coopbot.domain.wording import filled, needed
from coopbot.domain.work_order import WorkOrder
from coopbot.handlers import approval, group_answer, money, oncall, promises, templates
from coopbot.handlers.interaction import Click
from coopbot.handlers.reception import Followup, Reception
from coopbot.ports import Tx
from coopbot.services import answering, drafts, looking
from coopbot.services.answering import Draft
from coopbot.services.once import met, once
from coopbot.services.outages import team_of_user
from coopbot.services.permission import language_of
from coopbot.views import consumer as consumer_view
from coopbot.views import ids, reply_modal
from coopbot.views import outage as outage_view
from coopbot.views.why import why as why_view

Handler = Callable[[Reception, Click], Awaitable[Followup | None]]


async def _act(reception: Reception, click: Click, service: Callable[..., WorkOrder], *more: Any) -> None:
    """A button that changes the order: one service, one commit, and the card's redraw is owed with it."""
    now, key = reception.clock.now(), click.order()

    def work(tx: Tx) -> WorkOrder:
        met(tx, click.user, click.user_name)
        return service(tx, now, reception.desk, click.user, key, *more)

    await reception.write(once, click.once, wall(), work)


async def claim(reception: Reception, click: Click) -> None:
    await _act(reception, click, answering.claim)


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
        files = reception.desk.passes_on
        view = reply_modal.preset_modal(it, chosen, reception.languages[language], files=files)
        return reception.open_view(click.trigger_id, view)
    draft = Draft(filled(chosen, it.order, {}, it.rules), chosen.code, asked=True)  # by the button's own dialog
    await _act(reception, click, answering.answer, draft, answering.reply_id(click.once), wall())
    return None


async def other_answer(reception: Reception, click: Click) -> Followup:
    it, language = await reception.read(looking.to_answer, *_who(reception, click))
    draft = await reception.read(drafts.read, reception.clock.now(), click.user, it.order.key)
    return reception.open_view(
        click.trigger_id,
        reply_modal.reply_modal(it, reception.languages[language], draft=draft, files=reception.desk.passes_on),
    )


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
        shops = {str(shop): name for shop, name in reception.desk.shop_names.items()}
        view = outage_view.outage_modal(team, t, reception.clock.now(), shops, reception.desk.files)
        return reception.open_view(click.trigger_id, view)
    it, language = await reception.read(looking.for_member, *_who(reception, click))
    view = outage_view.outage_modal(it, reception.languages[language])
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
        ids.REPLY_TEXT: typing,
        ids.SHOW_CONSUMER: show_consumer,
        ids.SHOW_ALL: show_all,
        ids.SHOW_ANSWERED: show_answered,
        ids.WHY: why,
        ids.UNDO: undo,
        ids.TOGETHER: group_answer.choose,
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
    }
)
