"""The world: its records, its clock, its limits, its troubles."""

from __future__ import annotations

from dataclasses import asdict

from aiohttp import web

from coopbot.sandbox import events, speech
from coopbot.sandbox.control.asking import answer, body_of, guarded
from coopbot.sandbox.delivery.sockets import Sockets
from coopbot.sandbox.groups import put_group
from coopbot.sandbox.records import JSON, InstalledApp
from coopbot.sandbox.refusal import Impossible
from coopbot.sandbox.workspace import User, UserGroup, from_mapping
from coopbot.sandbox.world import World


def app_json(world: World, app: InstalledApp) -> JSON:
    features = app.section("features")
    return {
        "app_id": app.id,
        "name": app.name,
        "bot_user_id": app.bot,
        "bot_id": app.seed.bot_id,
        "bot_token": app.seed.bot_token,
        "app_token": app.seed.app_token,
        "signing_secret": app.seed.signing_secret,
        "scopes": sorted(app.scopes),
        "events": sorted(app.events),
        "commands": [
            {k: c.get(k) for k in ("command", "description", "usage_hint")}
            for c in features.get("slash_commands") or ()
        ],
        "shortcuts": [
            {k: s.get(k) for k in ("name", "type", "callback_id", "description")}
            for s in features.get("shortcuts") or ()
        ],
        "home_tab": bool((features.get("app_home") or {}).get("home_tab_enabled")),
        "sockets": len(world.post_office.sockets.get(app.id) or ()),
        "request_url": app.seed.request_url,
        "events_enabled": world.post_office.health.enabled(app.id),
    }


def apps_json(world: World) -> list[JSON]:
    return [app_json(world, a) for a in world.directory.apps.values()]


def clock_json(world: World) -> JSON:
    return {"now": world.clock.now(), "rate": world.clock.rate}


class WorldRoutes:
    def __init__(self, world: World, sockets: Sockets) -> None:
        self.world = world
        self.sockets = sockets

    def routes(self, app: web.Application) -> None:
        r = app.router
        r.add_get("/control/workspace", guarded(self.workspace))
        r.add_post("/control/users", guarded(self.put_user))
        r.add_post("/control/usergroups", guarded(self.put_group))
        r.add_post("/control/apps/{app}/enable", guarded(self.enable_events))
        r.add_post("/control/channels", guarded(self.put_channel))
        r.add_get("/control/clock", guarded(self.clock))
        r.add_post("/control/clock", guarded(self.clock))
        r.add_get("/control/limits", guarded(self.limits))
        r.add_post("/control/limits", guarded(self.limits))
        r.add_get("/control/faults", guarded(self.faults))
        r.add_post("/control/faults", guarded(self.arm))
        r.add_delete("/control/faults", guarded(self.disarm))
        r.add_delete("/control/faults/{id}", guarded(self.disarm))
        r.add_post("/control/reset", guarded(self.reset))

    async def workspace(self, _: web.Request) -> web.StreamResponse:
        world = self.world
        channels = [
            {
                "id": c.id,
                "name": c.name,
                "kind": c.kind,
                "members": list(c.members),
                "archived": c.archived,
                "topic": c.topic,
            }
            for c in world.conversations.all.values()
        ]
        return answer(
            {
                "team": world.directory.team,
                "users": [world.directory.plain(u) for u in world.directory.users],
                "channels": channels,
                "usergroups": [asdict(g) for g in world.directory.groups.values()],
                "apps": apps_json(world),
            }
        )

    async def put_user(self, request: web.Request) -> web.StreamResponse:
        body = await body_of(request)
        directory = self.world.directory
        before = directory.users.get(str(body.get("id")))
        user = from_mapping(User, (asdict(before) if before else {}) | body)
        directory.put_user(user)
        name = "user_change" if before else "team_join"
        event = {
            "type": name,
            "user": directory.user_json(user.id, locale=True),
            "cache_ts": int(self.world.clock.now()),
        }
        events.tell(self.world, name, event | {"event_ts": self.world.conversations.new_ts()})
        return answer(directory.plain(user.id))

    async def put_group(self, request: web.Request) -> web.StreamResponse:
        group = from_mapping(UserGroup, self._group_fields(await body_of(request)))
        put_group(self.world, group)
        return answer(asdict(group))

    def _group_fields(self, body: JSON) -> JSON:
        before = self.world.directory.groups.get(str(body.get("id")))
        return (asdict(before) if before else {}) | body

    async def put_channel(self, request: web.Request) -> web.StreamResponse:
        """Create one, or rename, archive, re-people it."""
        body = await body_of(request)
        world = self.world
        strange = set(body) - {"id", "name", "members", "archived", "private", "topic"}
        if strange:
            raise Impossible("bad_request", f"a channel has no {', '.join(sorted(strange))}", 400)
        found = world.conversations.all.get(str(body.get("id")))
        if found is None:
            found = world.conversations.create(
                body["name"], private=bool(body.get("private")), creator="", channel_id=str(body.get("id") or "")
            )
            record = {"id": found.id, "name": found.name, "created": found.created, "creator": ""}
            events.tell(world, "channel_created", {"type": "channel_created", "channel": record})
        if "name" in body and body["name"] != found.name:
            found.name = body["name"]
            renamed = {"id": found.id, "name": found.name, "created": found.created}
            events.tell(world, "channel_rename", {"type": "channel_rename", "channel": renamed})
        if "members" in body:
            for user in [u for u in found.members if u not in body["members"]]:
                speech.leave(world, found, user)
            for user in body["members"]:
                world.directory.person(user)
                speech.join(world, found, user)
        found.topic = str(body.get("topic", found.topic))
        if "archived" in body and bool(body["archived"]) != found.archived:
            found.archived = bool(body["archived"])
            events.about_channel(world, "archive" if found.archived else "unarchive", found, user="USLACKBOT")
        world.conversations.changed(found)
        return answer({"id": found.id, "name": found.name, "members": list(found.members), "archived": found.archived})

    async def enable_events(self, request: web.Request) -> web.StreamResponse:
        """What an app's owner does after Slack has ended its events."""
        app = self.world.directory.app(request.match_info["app"])
        self.world.post_office.health.enable(app.id)
        return answer(app_json(self.world, app))

    async def clock(self, request: web.Request) -> web.StreamResponse:
        clock = self.world.clock
        if request.method == "POST":
            body = await body_of(request)
            strange = set(body) - {"rate", "now", "advance"}
            if strange or not body:
                raise Impossible("bad_request", "rate, now or advance", 400)
            if "rate" in body:
                clock.run_at(float(body["rate"]))
            if "now" in body:
                clock.jump(float(body["now"]))
            if "advance" in body:
                clock.jump(clock.now() + float(body["advance"]))
            self.world.changes.tell("clock", **clock_json(self.world))
        return answer(clock_json(self.world))

    async def limits(self, request: web.Request) -> web.StreamResponse:
        pacing = self.world.pacing
        if request.method == "POST":
            body = await body_of(request)
            pacing.set(0.0 if body.get("off") else float(body.get("scale", 1.0)))
            self.world.changes.tell("limits", limits=pacing.shown())
        return answer(pacing.shown())

    async def faults(self, _: web.Request) -> web.StreamResponse:
        return answer({"faults": self.world.faults.listed()})

    async def arm(self, request: web.Request) -> web.StreamResponse:
        world = self.world
        fault = world.faults.arm(await body_of(request))
        if fault.fault == "socket_cut":
            self.sockets.cut()
        elif fault.fault == "socket_refresh":
            await self.sockets.refresh(fault.reason)
        elif fault.fault == "token_revoked" and not fault.method:
            for app in world.directory.apps.values():
                event = {"type": "tokens_revoked", "tokens": {"oauth": [], "bot": [app.bot]}}
                events.tell(world, "tokens_revoked", event, None, app.id)
        elif fault.fault == "remove_bot":
            channel = world.conversations.named(str(fault.channel))
            if channel is None:
                raise Impossible.unknown("channel", str(fault.channel))
            speech.leave(world, channel, world.directory.app(None).bot)
        return answer(asdict(fault))

    async def disarm(self, request: web.Request) -> web.StreamResponse:
        gone = self.world.faults.disarm(request.match_info.get("id"))
        return answer({"faults": self.world.faults.listed(), "disarmed": [f.id for f in gone]})

    async def reset(self, _: web.Request) -> web.StreamResponse:
        self.world.reset()
        return answer({"seq": self.world.changes.seq})
