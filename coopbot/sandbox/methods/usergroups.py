"""usergroups.*."""

from __future__ import annotations

from dataclasses import replace

from coopbot.sandbox.call import Call, method
from coopbot.sandbox.groups import put_group
from coopbot.sandbox.records import JSON
from coopbot.sandbox.refusal import Refused
from coopbot.sandbox.workspace import UserGroup


@method("usergroups.list")
def listed(call: Call) -> JSON:
    args, directory = call.args, call.world.directory
    groups = [g for g in directory.groups.values() if g.enabled or args.flag("include_disabled")]
    users, count = args.flag("include_users"), args.flag("include_count")
    return {"usergroups": [directory.group_json(g.id, users=users, count=count) for g in groups]}


@method("usergroups.users.list")
def users_listed(call: Call) -> JSON:
    group = _group(call)
    if not group.enabled and not call.args.flag("include_disabled"):
        raise Refused("no_such_subteam")
    return {"users": list(group.users)}


@method("usergroups.users.update")
def users_updated(call: Call) -> JSON:
    group = _group(call)
    users = call.args.names("users")
    if not users:
        raise Refused("no_users_provided")
    for user in users:
        known = call.world.directory.users.get(user)
        if known is None or known.deleted or user in call.world.directory.bots:
            raise Refused("invalid_users")
    return _put(call, replace(group, users=tuple(dict.fromkeys(users))))


@method("usergroups.create")
def created(call: Call) -> JSON:
    name = call.args.need("name")
    handle = call.args.text("handle") or name.lower().replace(" ", "-")
    _free(call, name, handle)
    group_id = call.world.conversations.new_id("S")
    return _put(call, UserGroup(group_id, handle, name))


@method("usergroups.update")
def updated(call: Call) -> JSON:
    group = _group(call)
    name, handle = call.args.text("name", group.name), call.args.text("handle", group.handle)
    _free(call, name, handle, group.id)
    return _put(call, replace(group, name=name, handle=handle))


@method("usergroups.enable")
def enabled(call: Call) -> JSON:
    return _put(call, replace(_group(call), enabled=True))


@method("usergroups.disable")
def disabled(call: Call) -> JSON:
    return _put(call, replace(_group(call), enabled=False))


def _group(call: Call) -> UserGroup:
    """Raises Refused ``no_such_subteam``."""
    found = call.world.directory.groups.get(call.args.need("usergroup"))
    if found is None:
        raise Refused("no_such_subteam")
    return found


def _free(call: Call, name: str, handle: str, mine: str = "") -> None:
    for other in call.world.directory.groups.values():
        if other.id != mine and other.name == name:
            raise Refused("name_already_exists")
        if other.id != mine and other.handle == handle:
            raise Refused("handle_already_exists")


def _put(call: Call, group: UserGroup) -> JSON:
    put_group(call.world, group)
    call.effect = True
    return {"usergroup": call.world.directory.group_json(group.id, users=True)}
