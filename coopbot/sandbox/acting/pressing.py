"""Commands, shortcuts, clicks and choices."""

from __future__ import annotations

from typing import Any

from coopbot.sandbox import in_place, speech
from coopbot.sandbox.acting import payloads
from coopbot.sandbox.acting.outcome import ask, fail, result
from coopbot.sandbox.acting.talking import member, message
from coopbot.sandbox.acting.values import entry, option
from coopbot.sandbox.reading.blocks import text_of
from coopbot.sandbox.records import JSON, Message, View
from coopbot.sandbox.refusal import Impossible, Refused
from coopbot.sandbox.response_urls import ResponseUrl
from coopbot.sandbox.state_values import STATEFUL, blocks_in, elements, key_of
from coopbot.sandbox.world import World

_CHOICE = ("value", "values", "user", "users", "channel_value", "conversation", "date", "time", "date_time", "text")


async def commands(world: World, user: str, body: JSON) -> JSON:
    """A slash command; its text goes to the app raw, unless the manifest says ``should_escape``."""
    name, text = str(body["command"]), str(body.get("text") or "")
    app = next((a for a in world.directory.apps.values() if name in a.commands), None)
    if app is None:
        raise Impossible("command_not_found", name)
    where = member(world, body["channel"], user)
    if body.get("thread_ts"):
        raise Impossible("command_in_thread", "Slack does not run commands of apps in threads")
    if app.commands[name].get("should_escape"):
        text = speech.composed(world, text)
    payload = payloads.command(world, app, user, where, name, text)
    outcome = await ask(world, app, user, "command", name, payload, where.id)
    if outcome.acked and outcome.response:
        try:
            url = ResponseUrl("", app.id, user, where.id, world.clock.now())
            in_place.answer(world, url, outcome.response)
        except Refused as refused:
            fail(world, user, "bad_response", where.id)
            return result(world, outcome, failure="bad_response", detail=refused.error)
    return result(world, outcome)


async def shortcuts(world: World, user: str, body: JSON) -> JSON:
    callback = str(body["callback_id"])
    app = next((a for a in world.directory.apps.values() if callback in a.shortcuts), None)
    if app is None:
        raise Impossible("shortcut_not_found", callback)
    trigger = world.modals.trigger(app.id, user).id
    if app.shortcuts[callback].get("type") == "message":
        found = message(world, body.get("channel"), body.get("ts"), user)
        payload = payloads.message_shortcut(world, app, user, callback, found, trigger)
    else:
        payload = payloads.global_shortcut(world, app, user, callback, trigger)
    return result(world, await ask(world, app, user, "shortcut", callback, payload, str(body.get("channel") or "")))


def place(world: World, user: str, body: JSON) -> Message | View:
    """Where a person acts: an open modal, an App Home, or a message. Raises Impossible when they cannot see it."""
    if body.get("view_id"):
        view = world.modals.find(str(body["view_id"]))
        if view is None or view.user != user:
            raise Impossible.unknown("view", str(body["view_id"]))
        return view
    if body.get("home"):
        home = world.modals.homes.get((world.directory.app(body.get("app_id")).id, user))
        if home is None:
            raise Impossible.unknown("view", "home")
        return home
    return message(world, body.get("channel"), body.get("ts"), user)


def pressed(world: World, user: str, where: Message | View, body: JSON) -> tuple[JSON, JSON]:
    """The block and element that ``action_id`` (with block_id or label) names. Raises Impossible unless it is one."""
    wanted, block_id, label = body.get("action_id"), body.get("block_id"), body.get("label")
    everything = list(elements(blocks_in(where)))
    found = [
        (b, e)
        for b, e in everything
        if (wanted is None or e.get("action_id") == wanted)
        and (block_id is None or b.get("block_id") == block_id)
        and (label is None or text_of(world, e.get("text"), user) == label)
    ]
    if len(found) == 1:
        return found[0]
    there = [f"{b.get('block_id')}/{e.get('action_id')}" for b, e in everything]
    raise Impossible("ambiguous_action" if found else "no_such_action", f"{wanted} {label or ''} among {there}")


async def clicks(world: World, user: str, body: JSON) -> JSON:
    """A button pressed, or something chosen in a menu or picker."""
    where = place(world, user, body)
    block, element = pressed(world, user, where, body)
    if element.get("confirm") and body.get("confirm") is False:
        return result(world, cancelled=True)
    more = chosen(element, body)
    if element["type"] in STATEFUL:
        where.state.setdefault(block["block_id"], {})[element["action_id"]] = {"type": element["type"], **more}
        if block.get("type") == "input" and not block.get("dispatch_action"):
            _redraw(world, where)
            return result(world)
    action = payloads.acted(world, block, element, more)
    return await send_actions(world, user, where, [action], url=element.get("url"))


async def send_actions(world: World, user: str, where: Message | View, actions: list[JSON], **more: Any) -> JSON:
    """block_actions for what was pressed."""
    app = world.directory.apps.get(where.app_id)
    if app is None:
        raise Impossible("not_an_app_message")
    in_view = where.id if isinstance(where, View) and where.type == "modal" else ""
    trigger = world.modals.trigger(app.id, user, in_view).id
    channel = ""
    if isinstance(where, View):
        payload = payloads.view_click(world, app, user, where, actions, trigger)
    else:
        channel = where.channel
        payload = payloads.message_click(world, app, user, where, actions, trigger)
    outcome = await ask(world, app, user, "action", str(actions[0]["action_id"]), payload, channel)
    return result(world, outcome, **{k: v for k, v in more.items() if v})


def chosen(element: JSON, body: JSON) -> JSON:
    """What the action says was chosen; nothing for a button. Raises Impossible for what is not offered."""
    kind = element["type"]
    if kind == "overflow":
        return {"selected_option": option(element, body.get("value"))}
    if kind not in STATEFUL:
        return {}
    value = next((body[name] for name in _CHOICE if body.get(name) is not None), None)
    given = entry(element, value)
    return {key_of(kind): given[key_of(kind)]}


async def suggests(world: World, user: str, body: JSON) -> JSON:
    """What an external select offers for what was typed."""
    where = place(world, user, body)
    block, element = pressed(world, user, where, body)
    app = world.directory.apps[where.app_id]
    typed = str(body.get("value") or "")
    payload = payloads.suggestion(world, app, user, where, block["block_id"], element["action_id"], typed)
    outcome = await ask(world, app, user, "suggestion", element["action_id"], payload)
    return result(world, outcome, options=(outcome.response or {}).get("options") or [])


def _redraw(world: World, where: Message | View) -> None:
    if isinstance(where, View):
        world.modals.changed(where)
