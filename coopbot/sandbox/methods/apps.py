"""blocks.validate, oauth.v2.access, apps.manifest.validate."""

from __future__ import annotations

from coopbot.sandbox.call import Call, method
from coopbot.sandbox.records import JSON
from coopbot.sandbox.refusal import Refused
from coopbot.sandbox.rules import message as rules
from coopbot.sandbox.rules.view import view_of


@method("blocks.validate")
def validate(call: Call) -> JSON:
    """Exactly one of blocks, message or view, checked as when it is sent."""
    given = [n for n in ("blocks", "message", "view") if n in call.args.given]
    if len(given) != 1:
        raise Refused.because("invalid_arguments", "provide exactly one of blocks, message, view")
    if given == ["view"]:
        view = call.args.json("view", "invalid_arguments")
        kind = view.get("type") if isinstance(view, dict) else None
        view_of(view, "home" if kind == "home" else "modal")
    elif given == ["message"]:
        message = call.args.json("message", "invalid_arguments")
        rules.blocks_of(message.get("blocks") if isinstance(message, dict) else message)
    else:
        rules.blocks_of(call.args.json("blocks", "invalid_blocks_format"))
    return {}


@method("oauth.v2.access", token="none")
def access(call: Call) -> JSON:
    """A code ``code-{app_id}`` is what an installation would have brought."""
    code = call.args.need("code")
    app = call.world.directory.apps.get(code.removeprefix("code-"))
    if app is None or not code.startswith("code-"):
        raise Refused("invalid_code")
    return {
        "access_token": app.seed.bot_token,
        "token_type": "bot",
        "scope": ",".join(sorted(app.scopes)),
        "bot_user_id": app.bot,
        "app_id": app.id,
        "team": {"id": call.world.directory.team_id, "name": call.world.directory.team["name"]},
        "enterprise": None,
        "is_enterprise_install": False,
        "authed_user": {"id": next(iter(call.world.directory.users))},
    }
