"""Who there is: people, bots, user groups and apps."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from coopbot.sandbox.changes import Changes
from coopbot.sandbox.clock import SandboxClock
from coopbot.sandbox.records import JSON, InstalledApp
from coopbot.sandbox.refusal import Impossible
from coopbot.sandbox.workspace import User, UserGroup, Workspace


class Directory:
    def __init__(self, seed: Workspace, clock: SandboxClock, changes: Changes) -> None:
        self.team: JSON = {"id": seed.team_id, "name": seed.team_name, "domain": seed.domain}
        self._clock = clock
        self._changes = changes
        self.apps = {a.app_id: InstalledApp.of(a) for a in seed.apps}
        self.users: dict[str, User] = {u.id: u for u in seed.users}
        self.groups: dict[str, UserGroup] = {g.id: g for g in seed.usergroups}
        self.updated: dict[str, int] = {}
        self.bots: dict[str, InstalledApp] = {}
        for app in self.apps.values():
            name = (app.section("features", "bot_user").get("display_name") or app.name).lower().replace(" ", "_")
            self.users.setdefault(app.bot, User(app.bot, name, app.name, tz="UTC"))
            self.bots[app.bot] = app

    @property
    def team_id(self) -> str:
        return str(self.team["id"])

    def app(self, app_id: str | None) -> InstalledApp:
        """That app, or the first. Raises Impossible when there is none."""
        if app_id is None and self.apps:
            return next(iter(self.apps.values()))
        if app_id not in self.apps:
            raise Impossible.unknown("app", str(app_id))
        return self.apps[app_id]

    def person(self, user_id: str) -> User:
        """Raises Impossible for who is not here."""
        if user_id not in self.users:
            raise Impossible.unknown("user", user_id)
        return self.users[user_id]

    def label(self, user_id: str) -> str:
        """The name by which a person is shown."""
        user = self.users.get(user_id)
        return (user.display_name or user.name) if user else user_id

    def by_name(self, name: str) -> str | None:
        return next((u.id for u in self.users.values() if name in (u.name, u.display_name)), None)

    def group_by_handle(self, handle: str) -> str | None:
        return next((g.id for g in self.groups.values() if g.handle == handle), None)

    def put_user(self, user: User) -> None:
        self.users[user.id] = user
        self.updated[user.id] = int(self._clock.now())
        self._changes.tell("user", user=self.user_json(user.id, locale=True))

    def put_group(self, group: UserGroup) -> None:
        self.groups[group.id] = group
        self.updated[group.id] = int(self._clock.now())
        self._changes.tell("usergroup", usergroup=self.group_json(group.id, users=True))

    def change_group(self, group_id: str, **fields: Any) -> None:
        self.put_group(replace(self.groups[group_id], **fields))

    def user_json(self, user_id: str, *, locale: bool = False) -> JSON:
        user = self.users[user_id]
        app = self.bots.get(user_id)
        zone = ZoneInfo(user.tz)
        offset = int(self._clock_offset(zone))
        profile: JSON = {
            "real_name": user.real_name,
            "real_name_normalized": user.real_name,
            "display_name": user.display_name or ("" if app else user.name),
            "display_name_normalized": user.display_name or ("" if app else user.name),
            "email": user.email,
            "team": self.team_id,
            "status_text": "",
            "status_emoji": "",
            "image_72": "",
        }
        if app:
            profile |= {"bot_id": app.seed.bot_id, "api_app_id": app.id}
        record: JSON = {
            "id": user.id,
            "team_id": self.team_id,
            "name": user.name,
            "deleted": user.deleted,
            "updated": self.updated.get(user_id, 0),
            "is_bot": app is not None,
            "is_app_user": False,
            "profile": profile,
        }
        if user.deleted:
            return record
        record |= {
            "real_name": user.real_name,
            "tz": user.tz,
            "tz_label": user.tz,
            "tz_offset": offset,
            "is_admin": user.is_admin,
            "is_owner": False,
            "is_primary_owner": False,
            "is_restricted": user.is_restricted,
            "is_ultra_restricted": False,
        }
        return record | ({"locale": user.locale} if locale else {})

    def _clock_offset(self, zone: ZoneInfo) -> float:
        offset = datetime.fromtimestamp(self._clock.now(), zone).utcoffset()
        return offset.total_seconds() if offset else 0.0

    def group_json(self, group_id: str, *, users: bool = False, count: bool = True) -> JSON:
        group = self.groups[group_id]
        record: JSON = {
            "id": group.id,
            "team_id": self.team_id,
            "is_usergroup": True,
            "name": group.name,
            "description": "",
            "handle": group.handle,
            "is_external": False,
            "date_create": 0,
            "date_update": self.updated.get(group_id, 0),
            "date_delete": 0 if group.enabled else self.updated.get(group_id, 1),
            "auto_type": None,
            "created_by": "USLACKBOT",
            "updated_by": "USLACKBOT",
            "deleted_by": None,
            "prefs": {"channels": [], "groups": []},
        }
        if users:
            record["users"] = list(group.users)
        if count:
            record["user_count"] = len(group.users)
        return record

    def plain(self, user_id: str) -> JSON:
        """A person for the control API: the seed's fields."""
        return asdict(self.users[user_id]) | {"is_bot": user_id in self.bots}
