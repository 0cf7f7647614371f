"""What a person does in a modal or opens: typing, submitting, closing, App Home."""

from __future__ import annotations

from typing import Any

from coopbot.sandbox import events
from coopbot.sandbox.acting import payloads, uploads
from coopbot.sandbox.acting.outcome import ask, fail, result
from coopbot.sandbox.acting.pressing import pressed, send_actions
from coopbot.sandbox.acting.values import entry, refused
from coopbot.sandbox.records import JSON, View
from coopbot.sandbox.refusal import Impossible, Refused
from coopbot.sandbox.rules.view import view_of
from coopbot.sandbox.state_values import elements
from coopbot.sandbox.wire import view_json
from coopbot.sandbox.world import World


def top(world: World, user: str, body: JSON) -> View:
    """The modal in question: the one named, or the one on top. Raises Impossible."""
    stack = world.modals.stack(user)
    wanted = body.get("view_id")
    found = next((v for v in stack if v.id == wanted), None) if wanted else (stack[-1] if stack else None)
    if found is None:
        raise Impossible.unknown("view", str(wanted or "no modal is open"))
    return found


async def types(world: World, user: str, body: JSON) -> JSON:
    """A value put into a field; the app hears where the block has ``dispatch_action``."""
    view = top(world, user, body)
    block, element = pressed(world, user, view, {k: body.get(k) for k in ("block_id", "action_id")})
    given = uploads.known(world, user, entry(element, body.get("value")))
    view.state.setdefault(block["block_id"], {})[element["action_id"]] = given
    view.errors.pop(block["block_id"], None)
    world.modals.changed(view)
    if not _dispatched(block, element, enter=bool(body.get("enter"))):
        return result(world)
    more = {k: v for k, v in given.items() if k != "type"}
    return await send_actions(world, user, view, [payloads.acted(world, block, element, more)])


def _dispatched(block: JSON, element: JSON, *, enter: bool) -> bool:
    """Text is told on Enter, or at each character where ``dispatch_action_config`` says so; a choice at once."""
    if not block.get("dispatch_action"):
        return False
    if not element["type"].endswith("_input") or element["type"] == "file_input":
        return True
    on = (element.get("dispatch_action_config") or {}).get("trigger_actions_on") or ["on_enter_pressed"]
    return "on_character_entered" in on or (enter and "on_enter_pressed" in on)


async def submits(world: World, user: str, body: JSON) -> JSON:
    """Fill in and press submit; answers the errors that the person then sees."""
    view = top(world, user, body)
    if not view.given.get("submit"):
        raise Impossible("no_submit_button")
    fill(world, user, view, body.get("values") or {})
    errors: dict[str, str] = {}
    for block, element in elements(view.given["blocks"]):
        if block.get("type") == "input":
            what = refused(block, element, view.state.get(block["block_id"], {}).get(element["action_id"]))
            if what:
                errors[block["block_id"]] = what
    view.errors = errors
    world.modals.changed(view)
    if errors:
        return result(world, errors=errors, open=_open(world, user))
    app = world.directory.apps[view.app_id]
    trigger = world.modals.trigger(app.id, user, view.id).id
    view.response_urls = _response_urls(world, user, view)
    uploads.hand_over(world, view)
    payload = payloads.submission(world, app, user, view, trigger)
    name = str(view.given.get("callback_id") or "")
    outcome = await ask(world, app, user, "view", f"view_submission:{name}", payload)
    more: dict[str, Any] = {}
    if outcome.acked:
        problem = _obey(world, user, view, outcome.response or {})
        if problem:
            fail(world, user, "bad_response")
            more = {"failure": "bad_response", "detail": problem}
    return result(world, outcome, **more, errors=dict(view.errors), open=_open(world, user))


def _response_urls(world: World, user: str, view: View) -> list[JSON]:
    """One for each conversation chosen where ``response_url_enabled`` asks for it."""
    found = []
    for block, element in elements(view.given["blocks"]):
        chosen = view.state.get(block["block_id"], {}).get(element["action_id"], {})
        channel = chosen.get("selected_conversation") or chosen.get("selected_channel")
        if element.get("response_url_enabled") and channel in world.conversations.all:
            where = {"block_id": block["block_id"], "action_id": element["action_id"], "channel_id": channel}
            found.append(where | {"response_url": world.response_urls.new(view.app_id, user, channel)})
    return found


def fill(world: World, user: str, view: View, values: JSON) -> None:
    """Values by block_id and action_id, or by action_id (or block_id) alone. Raises Impossible for no such field."""
    fields = [(b, e) for b, e in elements(view.given["blocks"]) if e["type"] not in ("button", "overflow")]
    for name, value in values.items():
        nested = [(b, e) for b, e in fields if b["block_id"] == name]
        if nested and isinstance(value, dict) and set(value) <= {e["action_id"] for _, e in nested}:
            for block, element in nested:
                if element["action_id"] in value:
                    put = uploads.known(world, user, entry(element, value[element["action_id"]]))
                    view.state.setdefault(block["block_id"], {})[element["action_id"]] = put
            continue
        flat = [(b, e) for b, e in fields if e["action_id"] == name] or nested
        if len(flat) != 1:
            there = [f"{b['block_id']}/{e['action_id']}" for b, e in fields]
            raise Impossible("ambiguous_field" if flat else "no_such_field", f"{name} among {there}")
        block, element = flat[0]
        view.state.setdefault(block["block_id"], {})[element["action_id"]] = uploads.known(
            world, user, entry(element, value)
        )


def _obey(world: World, user: str, view: View, answer: JSON) -> str | None:
    """Do what the app answered to a submission; what is wrong with it, if it cannot be done."""
    modals = world.modals
    action = answer.get("response_action")
    if action is None and not answer:
        modals.close(user, view)
        return None
    if action == "clear":
        modals.close(user, *modals.stack(user))
        return None
    if action == "errors":
        errors = answer.get("errors")
        blocks = {b["block_id"] for b, _ in elements(view.given["blocks"]) if b.get("type") == "input"}
        if not isinstance(errors, dict) or not errors or not set(errors) <= blocks:
            return f"errors must name input blocks, of which there are {sorted(blocks)}"
        view.errors = {str(k): str(v) for k, v in errors.items()}
        modals.changed(view)
        return None
    if action not in ("update", "push"):
        return f"unknown response_action {action!r}"
    try:
        given = view_of(answer.get("view"), "modal")
        if action == "update":
            modals.update(view, given)
        else:
            modals.push(modals.trigger(view.app_id, user, view.id), given)
    except Refused as no:
        return f"{no.error} {no.extra}"
    return None


async def closes(world: World, user: str, body: JSON) -> JSON:
    """The modal's close button, or the cross that closes all; view_closed for those that ask for it."""
    view = top(world, user, body)
    stack = world.modals.stack(user)
    everything = bool(body.get("all") or view.given.get("clear_on_close"))
    closing = list(reversed(stack)) if everything else [view]
    app = world.directory.apps[view.app_id]
    world.modals.close(user, *closing)
    last = None
    for one in closing:
        if one.given.get("notify_on_close"):
            payload = payloads.closing(world, app, user, one, everything)
            name = f"view_closed:{one.given.get('callback_id') or ''}"
            last = await world.post_office.ask(app, "view", name, payload)
    return result(world, last, open=_open(world, user))


def opens_home(world: World, user: str, body: JSON) -> JSON:
    """The app's home tab (or its messages tab) is opened."""
    app = world.directory.app(body.get("app_id"))
    where, _ = world.conversations.direct(user, app.bot)
    where.open_for.add(user)
    event: JSON = {
        "type": "app_home_opened",
        "user": user,
        "channel": where.id,
        "tab": str(body.get("tab") or "home"),
        "event_ts": world.conversations.new_ts(),
    }
    home = world.modals.homes.get((app.id, user))
    if home:
        event["view"] = view_json(world, home)
    events.tell(world, "app_home_opened", event, None, app.id)
    return result(world, channel=where.id)


def _open(world: World, user: str) -> list[str]:
    return [v.id for v in world.modals.stack(user)]
