"""users.*."""

from __future__ import annotations

from coopbot.sandbox.call import Call, method, page
from coopbot.sandbox.records import JSON
from coopbot.sandbox.refusal import Refused

_KINDS = {"public_channel": "channel", "private_channel": "private", "im": "dm", "mpim": "group"}


@method("users.info")
def info(call: Call) -> JSON:
    user = _known(call)
    return {"user": call.world.directory.user_json(user, locale=call.args.flag("include_locale"))}


@method("users.list")
def listed(call: Call) -> JSON:
    users, more = page(list(call.world.directory.users), call, 1000, 1000)
    locale = call.args.flag("include_locale")
    members = [call.world.directory.user_json(u, locale=locale) for u in users]
    return {"members": members, "cache_ts": int(call.world.clock.now())} | more


@method("users.lookupByEmail")
def lookup_by_email(call: Call) -> JSON:
    email = call.args.need("email").lower()
    found = next((u for u in call.world.directory.users.values() if u.email and u.email.lower() == email), None)
    if found is None or found.deleted:
        raise Refused("users_not_found")
    return {"user": call.world.directory.user_json(found.id)}


@method("users.profile.get")
def profile(call: Call) -> JSON:
    user = call.args.text("user", call.app.bot)
    if user not in call.world.directory.users:
        raise Refused("user_not_found")
    return {"profile": call.world.directory.user_json(user)["profile"]}


@method("users.getPresence")
def presence(call: Call) -> JSON:
    _known(call)
    return {"presence": "active"}


@method("users.conversations")
def conversations(call: Call) -> JSON:
    user = call.args.text("user", call.app.bot)
    if user not in call.world.directory.users:
        raise Refused("user_not_found")
    kinds = wanted_kinds(call)
    archived = not call.args.flag("exclude_archived")
    mine = [
        c
        for c in call.world.conversations.of(user)
        if c.kind in kinds and (archived or not c.archived) and (c.kind == "channel" or call.app.bot in c.members)
    ]
    some, more = page(mine, call, 100, 999)
    return {"channels": [call.world.conversations.channel_json(c, call.app.bot) for c in some]} | more


def wanted_kinds(call: Call) -> set[str]:
    """Kinds of conversation that ``types`` asks for. Raises Refused: invalid_types, missing_scope."""
    types = call.args.names("types") or ["public_channel"]
    if not set(types) <= set(_KINDS):
        raise Refused("invalid_types")
    kinds = {_KINDS[t] for t in types}
    family = {"channel": "channels", "private": "groups", "dm": "im", "group": "mpim"}
    for kind in sorted(kinds):
        call.need_scope(f"{family[kind]}:read")
    return kinds


def _known(call: Call) -> str:
    user = call.args.need("user")
    if user not in call.world.directory.users:
        raise Refused("user_not_found")
    return user
