"""blocks.validate, oauth.v2.access, apps.manifest.validate."""

from __future__ import annotations

from coopbot.sandbox.call import Call, method
from coopbot.sandbox.records import JSON
from coopbot.sandbox.refusal import Refused
from coopbot.sandbox.rules import message as rules


@method("blocks.validate")
def validate(call: Call) -> JSON:
    blocks = call.args.json("blocks", "invalid_blocks_format")
    if blocks is None:
        raise Refused.because("invalid_arguments", "missing required field: blocks")
    rules.blocks_of(blocks)
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
