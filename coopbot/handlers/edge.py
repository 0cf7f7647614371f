"""One Bolt app, one dispatcher for every kind of interaction, one place where everything is caught (rules 12, 18).

The dispatcher is a middleware, the last of Bolt's: its own way from there to a listener (each one's matcher, every
argument that a listener could ask for, a poll every 10 ms) costs as much as all that comes before (performance.md §1).
Nothing happens after the ack: follow-ups go to the reception's held set.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeVar

from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.middleware.async_middleware import AsyncMiddleware
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.web.async_client import AsyncWebClient

from coopbot.errors import Refusal, StoreBusy
from coopbot.handlers.actions import ACTIONS
from coopbot.handlers.commands import command
from coopbot.handlers.events import EVENTS
from coopbot.handlers.interaction import Click, Shortcut, Submission
from coopbot.handlers.modals import VIEWS
from coopbot.handlers.reception import Followup, Reception, error_id
from coopbot.handlers.shortcuts import SHORTCUTS
from coopbot.services.permission import language_of, names_of
from coopbot.views import error as error_view
from coopbot.views.refusal import refusal

log = logging.getLogger(__name__)
Done = TypeVar("Done", Click, Shortcut)
COMMAND = "command"
"""A slash command's payload names no type."""


def bolt(reception: Reception, client: AsyncWebClient) -> AsyncApp:
    """The Bolt app, with the dispatcher registered. Which transport feeds it is app.py's business."""

    async def authorize(**_: Any) -> AuthorizeResult:
        # static: Bolt's own auth.test inside the first request would lose it when that fails (slack.md C5, C6)
        return AuthorizeResult(
            enterprise_id=None,
            team_id=None,
            bot_token=client.token,
            bot_id="B",
            bot_user_id=reception.bot_user or None,
        )

    app = AsyncApp(
        name="coopbot",  # else Bolt reads the source of every caller to find one
        logger=logging.getLogger("slack_bolt"),  # else each of its own takes the root's level
        client=client,
        authorize=authorize,
        request_verification_enabled=False,  # done before the body is parsed (slack.md C21), or by the socket
        ssl_check_enabled=False,
        attaching_function_token_enabled=False,
    )

    async def on_action(body: dict[str, Any], ack: AsyncAck) -> None:
        await on_click(reception, Click.of(body), ack)

    async def on_view(body: dict[str, Any], ack: AsyncAck) -> None:
        await on_submit(reception, Submission.of(body), ack)

    async def on_event(body: dict[str, Any], ack: AsyncAck) -> None:
        await on_slack_event(reception, body)
        await ack()

    async def on_command(body: dict[str, Any], ack: AsyncAck) -> None:
        await command(reception, body, ack)

    async def on_any_shortcut(body: dict[str, Any], ack: AsyncAck) -> None:
        await on_shortcut(reception, Shortcut.of(body), ack)

    async def on_nothing(_: dict[str, Any], ack: AsyncAck) -> None:
        await ack()

    kinds = {
        "block_actions": on_action,
        "view_submission": on_view,
        "view_closed": on_nothing,
        "event_callback": on_event,
        "message_action": on_any_shortcut,
        "shortcut": on_any_shortcut,
        COMMAND: on_command,
    }
    app.use(Dispatcher(kinds))
    return app


class Dispatcher(AsyncMiddleware):
    """Hands each payload to the function for its kind; one of no known kind is left to Bolt, which says so."""

    def __init__(self, kinds: Mapping[str, Callable[[dict[str, Any], AsyncAck], Awaitable[None]]]) -> None:
        self._kinds = kinds

    async def async_process(
        self, *, req: AsyncBoltRequest, resp: BoltResponse, next: Callable[[], Awaitable[BoltResponse]]
    ) -> BoltResponse | None:
        body = req.body
        handle = self._kinds.get(str(body.get("type") or (COMMAND if "command" in body else "")))
        if handle is None:
            return await next()
        ack = req.context.ack
        await handle(body, ack)
        return ack.response


async def on_click(reception: Reception, click: Click, ack: AsyncAck) -> None:
    """A button, a menu, a date: acked after the commit; what went wrong is whispered to the one who clicked."""
    handler = ACTIONS.get(click.pressed.name)
    await _answer(reception, click, handler, ("click", click.action_id), ack)


async def on_shortcut(reception: Reception, shortcut: Shortcut, ack: AsyncAck) -> None:
    """Out of a message's menu: likewise."""
    handler = SHORTCUTS.get(shortcut.callback_id)
    await _answer(reception, shortcut, handler, ("shortcut", shortcut.callback_id), ack)


async def _answer(
    reception: Reception,
    done: Done,
    handler: Callable[[Reception, Done], Awaitable[Followup | None]] | None,
    name: tuple[str, str],
    ack: AsyncAck,
) -> None:
    try:
        reception.must_be_of_ours(done.team)
        followup = await handler(reception, done) if handler is not None else None
    except Refusal as why:
        followup = _whisper(reception, done, why)
    except StoreBusy:
        followup = _whisper(reception, done, Refusal("store_busy", id=_logged(*name)))
    except Exception:
        followup = _whisper(reception, done, Refusal("failed", id=_logged(*name)))
    await ack()
    if followup is not None:
        reception.hold(followup)


async def on_submit(reception: Reception, submission: Submission, ack: AsyncAck) -> None:
    """A modal: it closes only when what is in it has been saved (decisions.md 29)."""
    handler = VIEWS.get(submission.callback_id)
    why: Refusal | None = None
    answer: Mapping[str, Any] | None = None
    try:
        reception.must_be_of_ours(submission.team)
        answer = await handler(reception, submission) if handler is not None else None
    except Refusal as refused:
        why = refused
    except StoreBusy:
        why = Refusal("store_busy", id=_logged("submission", submission.callback_id))
    except Exception:
        why = Refusal("failed", id=_logged("submission", submission.callback_id))
    if why is not None:
        t = reception.languages[await _language(reception, submission.user)]
        zone = reception.desk.profile.zone
        names, now = await _names(reception, why), reception.clock.now()
        said = [
            (str(each.facts.get("block") or ""), refusal(each.code, each.facts, t, names=names, now=now, zone=zone))
            for each in (*reversed(why.also), why)
        ]
        errors = {submission.input(block): sentence for block, sentence in said}
        if "" not in errors:
            await ack(response_action="errors", errors=errors)
        else:  # Slack shows errors at inputs alone
            await ack(response_action="update", view=error_view.above(submission.view, errors[""]))
    elif answer:
        await ack(**answer)
    else:
        await ack()


async def on_slack_event(reception: Reception, body: dict[str, Any]) -> None:
    """An event; one that we subscribed to but have no use for is acked all the same (slack.md C2).

    A failure is raised on: Slack then tries again, and the first try has changed nothing.
    """
    event = body.get("event") or {}
    handler = EVENTS.get(str(event.get("type")))
    if handler is None:
        return
    followup = await handler(reception, event, str(body.get("event_id") or ""))
    if followup is not None:
        reception.hold(followup)


def _logged(kind: str, name: str) -> str:
    identity = error_id()
    log.exception("%s %s failed, id %s", kind, name, identity)
    return identity


async def _whisper(reception: Reception, click: Click | Shortcut, why: Refusal) -> None:
    language = await _language(reception, click.user)
    t = reception.languages[language]
    message = error_view.whisper(refusal(why.code, why.facts, t, now=reception.clock.now()))
    if click.response_url:
        await reception.whisper(click.response_url, message)


async def _names(reception: Reception, why: Refusal) -> Mapping[str, str]:
    """Names for a modal, whose plain text Slack does not fill in; without them the ids are shown."""
    users = [str(why.facts.get("by") or ""), *map(str, why.facts.get("leads") or ())]
    try:
        return await reception.read(names_of, users)
    except Exception:
        return {}


async def _language(reception: Reception, user: str) -> str:
    try:
        return await reception.read(language_of, reception.desk, user)
    except Exception:
        return reception.desk.language
