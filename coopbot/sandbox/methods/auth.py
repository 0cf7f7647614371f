"""auth.*, apps.connections.open, team.info, bots.info, api.test."""

from __future__ import annotations

from coopbot.sandbox.call import Call, method
from coopbot.sandbox.records import JSON
from coopbot.sandbox.refusal import Refused


@method("auth.test")
def auth_test(call: Call) -> JSON:
    directory = call.world.directory
    return {
        "url": f"{call.world.address}/",
        "team": directory.team["name"],
        "user": directory.users[call.app.bot].name,
        "team_id": directory.team_id,
        "user_id": call.app.bot,
        "bot_id": call.app.seed.bot_id,
        "is_enterprise_install": False,
    }


@method("auth.revoke")
def auth_revoke(call: Call) -> JSON:
    if call.args.flag("test"):
        return {"revoked": False}
    call.app.revoked = call.effect = True
    return {"revoked": True}


@method("apps.connections.open", token="app")
def connections_open(call: Call) -> JSON:
    if not call.app.socket_mode:
        raise Refused("socket_mode_not_enabled")
    return {"url": call.world.open_link(call.app)}


@method("api.test", token="none")
def api_test(call: Call) -> JSON:
    error = call.args.text("error")
    if error:
        raise Refused(error, args=dict(call.args.given))
    return {"args": dict(call.args.given)}


@method("team.info")
def team_info(call: Call) -> JSON:
    team = call.world.directory.team
    return {"team": {**team, "email_domain": "", "icon": {}}}


@method("bots.info")
def bots_info(call: Call) -> JSON:
    wanted = call.args.text("bot", call.app.seed.bot_id)
    app = next((a for a in call.world.directory.apps.values() if a.seed.bot_id == wanted), None)
    if app is None:
        raise Refused("bot_not_found")
    return {
        "bot": {
            "id": app.seed.bot_id,
            "deleted": False,
            "name": app.name,
            "updated": 0,
            "app_id": app.id,
            "user_id": app.bot,
            "icons": {},
        }
    }
