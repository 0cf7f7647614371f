"""views.open, push, update, publish."""

from __future__ import annotations

from coopbot.sandbox.call import Call, method
from coopbot.sandbox.records import JSON, View
from coopbot.sandbox.refusal import Refused
from coopbot.sandbox.rules.view import view_of
from coopbot.sandbox.wire import view_json


@method("views.open")
def opened(call: Call) -> JSON:
    given = _unique(call, view_of(call.args.json("view", "invalid_arguments"), "modal"))
    trigger = call.world.modals.use(_trigger(call), call.app.id)
    return _shown(call, call.world.modals.open(trigger, given))


@method("views.push")
def pushed(call: Call) -> JSON:
    given = _unique(call, view_of(call.args.json("view", "invalid_arguments"), "modal"))
    trigger = call.world.modals.use(_trigger(call), call.app.id)
    return _shown(call, call.world.modals.push(trigger, given))


@method("views.update")
def updated(call: Call) -> JSON:
    view = _known(call)
    given = view_of(call.args.json("view", "invalid_arguments"), view.type)
    wanted = call.args.text("hash")
    if wanted and wanted != view.hash:
        raise Refused("hash_conflict")
    return _shown(call, call.world.modals.update(view, _unique(call, given, view)))


@method("views.publish")
def published(call: Call) -> JSON:
    user = call.args.need("user_id")
    if call.app.section("features", "app_home").get("home_tab_enabled") is not True:
        raise Refused("not_enabled")
    if user not in call.world.directory.users or user in call.world.directory.bots:
        raise Refused.because("invalid_arguments", "invalid `user_id`")
    given = view_of(call.args.json("view", "invalid_arguments"), "home")
    before = call.world.modals.homes.get((call.app.id, user))
    wanted = call.args.text("hash")
    if wanted and (before is None or wanted != before.hash):
        raise Refused("hash_conflict")
    given = _unique(call, given, before)
    return _shown(call, call.world.modals.publish(call.app.id, user, given))


def _trigger(call: Call) -> str:
    trigger = call.args.text("trigger_id") or call.args.text("interactivity_pointer")
    if not trigger:
        raise Refused.because("invalid_arguments", "missing required field: trigger_id")
    return trigger


def _known(call: Call) -> View:
    """The view by view_id or external_id. Raises Refused ``not_found``."""
    view_id, external = call.args.text("view_id"), call.args.text("external_id")
    if not view_id and not external:
        raise Refused.because("invalid_arguments", "missing required field: view_id")
    modals = call.world.modals
    view = modals.find(view_id) if view_id else modals.by_external_id(call.app.id, external)
    if view is None or view.app_id != call.app.id:
        raise Refused("not_found")
    return view


def _unique(call: Call, given: JSON, mine: View | None = None) -> JSON:
    external = given.get("external_id")
    if external:
        other = call.world.modals.by_external_id(call.app.id, str(external))
        if other is not None and other is not mine:
            raise Refused("duplicate_external_id")
    return given


def _shown(call: Call, view: View) -> JSON:
    call.effect = True
    return {"view": view_json(call.world, view)}
