"""Who is in the demo: two teams, one speaking Chinese and one English, and everybody that a story needs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from coopbot.sandbox import App, Channel, User, Workspace

FLAGSHIP, OUTLET, FALLBACK = "C0FLAGSHIP", "C0OUTLET", "C0FALLBACK"
BOT, JD = "U0COOPBOT", "U0JDOPS"
WANG, LI, CHEN, ZHAO = "U0WANGFANG", "U0LIWEI", "U0CHENJING", "U0ZHAO"
ANA, TOM, GRACE = "U0ANA", "U0TOM", "U0GRACE"
OUTSIDER, OPS = "U0OUTSIDER", "U0OPS"

ROLES = {
    WANG: "on-call",
    LI: "agent",
    CHEN: "lead",
    ZHAO: "manager",
    ANA: "on-call",
    TOM: "agent",
    GRACE: "lead",
    OUTSIDER: "outsider",
    OPS: "operator",
    JD: "platform",
}
SHOPS = (("10001", "旗舰店"), ("10002", "Outlet"))

BOT_TOKEN, APP_TOKEN = "xoxb-demo", "xapp-1-demo"


def manifest() -> dict[str, Any]:
    """The manifest that ships: the demo's app has just its scopes, commands and events."""
    path = Path(__file__).parents[2] / "manifest.yml"
    loaded: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return loaded


def over_http(shipped: dict[str, Any]) -> dict[str, Any]:
    """The same app without Socket Mode."""
    return {**shipped, "settings": {**shipped["settings"], "socket_mode_enabled": False}}


def name_of(user: str) -> str:
    return next((each.real_name for each in workspace(None).users if each.id == user), user)


def channel_name(channel: str) -> str:
    return next((f"#{each.name}" for each in workspace(None).channels if each.id == channel), channel)


def workspace(starts_at: float | None, request_url: str | None = None) -> Workspace:
    """The workspace; its clock starts at ``starts_at`` (UNIX seconds), None: now."""
    zh, en = "zh-CN", "en-US"
    flagship, outlet = (WANG, LI, CHEN, ZHAO, BOT), (ANA, TOM, GRACE, ZHAO, BOT)
    return Workspace(
        team_name="Demo",
        domain="demo",
        users=(
            User(WANG, "wangfang", "王芳", locale=zh, display_name="王芳"),
            User(LI, "liwei", "李伟", locale=zh, display_name="李伟"),
            User(CHEN, "chenjing", "陈静", locale=zh, display_name="陈静"),
            User(ZHAO, "zhao", "赵老板", locale=zh, display_name="赵老板"),
            User(ANA, "ana", "Ana Ruiz", locale=en, display_name="Ana Ruiz"),
            User(TOM, "tom", "Tom Park", locale=en, display_name="Tom Park"),
            User(GRACE, "grace", "Grace Kim", locale=en, display_name="Grace Kim"),
            User(OUTSIDER, "hao", "Hao (sales)", locale=en, display_name="Hao (sales)"),
            User(OPS, "ops", "Ops", locale=en, display_name="Ops"),
            User(JD, "jd", "JD 运营经理", locale=zh, display_name="JD 运营经理"),
        ),
        channels=(
            Channel(FLAGSHIP, "flagship-care", members=flagship),
            Channel(OUTLET, "outlet-care", members=outlet),
            Channel(FALLBACK, "orders-unclaimed", members=(OPS, CHEN, GRACE, BOT)),
            Channel("C0GENERAL", "general", members=(*flagship[:-1], *outlet[:-1], OUTSIDER, OPS)),
        ),
        apps=(
            App(
                bot_user_id=BOT,
                bot_token=BOT_TOKEN,
                app_token=APP_TOKEN,
                manifest=manifest() if request_url is None else over_http(manifest()),
                request_url=request_url,
            ),
        ),
        starts_at=starts_at,
    )


CONFIG = f"""\
profile = "jd-pop"
language = "zh-CN"
fallback_channel = "{FALLBACK}"
operators = ["{OPS}"]
public_url = "{{public_url}}"

[connections.jd]
secret_env = "JD_WEBHOOK_SECRET"
read_token_env = "JD_READ_TOKEN"
reply_url = "{{address}}/console/replies"
confirms = true
operations_manager = {{{{ slack = "{JD}", webhook = "{{address}}/console/outage", text = true }}}}

[shops]
"jd:10001" = "旗舰店"
"jd:10002" = "Outlet"

[[teams]]
name = "flagship"
channel = "{FLAGSHIP}"
shops = ["jd:10001"]
language = "zh-CN"
leads = ["{CHEN}"]
managers = ["{ZHAO}"]
hours = "Mon-Sun 09:00-19:00"
undo_for = "{{undo}}"
on_call = [{{{{ days = "Mon-Sun", from = "09:00", to = "19:00", who = ["{WANG}"], backup = ["{LI}"] }}}}]

[[teams]]
name = "outlet"
channel = "{OUTLET}"
shops = ["jd:10002"]
language = "en"
leads = ["{GRACE}"]
managers = ["{ZHAO}"]
hours = "Mon-Sun 09:00-19:00"
undo_for = "{{undo}}"
on_call = [{{{{ days = "Mon-Sun", from = "09:00", to = "19:00", who = ["{ANA}"], backup = ["{TOM}"] }}}}]
"""


def config(address: str, undo: str = "10s", public_url: str = "") -> str:
    """The bot's toml; ``undo`` is how long an answer can be stopped, ``public_url`` where files are passed on from."""
    return CONFIG.format(address=address, undo=undo, public_url=public_url)
