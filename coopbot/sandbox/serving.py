"""``coopbot sandbox``: a workspace of one's own on a port, with the words that an app's environment needs."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from aiohttp import web

from coopbot.sandbox.server import Sandbox
from coopbot.sandbox.workspace import App, Channel, User, UserGroup, Workspace


def starter(app: App) -> Workspace:
    """Three people, two channels and a user group, for those who bring no workspace."""
    people = ("UANA", "UBEN", "ULIN")
    return Workspace(
        users=(
            User("UANA", "ana", "Ana Ruiz", locale="en-US", is_admin=True, email="ana@example.com"),
            User("UBEN", "ben", "Ben Ode", tz="America/New_York", email="ben@example.com"),
            User("ULIN", "lin", "林小雨", locale="zh-CN", email="lin@example.com"),
        ),
        channels=(
            Channel("CGENERAL", "general", members=(*people, app.bot_user_id)),
            Channel("CRANDOM", "random", members=people),
        ),
        usergroups=(UserGroup("SLEADS", "leads", "Leads", users=("UANA",)),),
        apps=(app,),
    )


def workspace_for(manifest_path: Path | None, workspace_path: Path | None) -> Workspace:
    """The workspace file's, or the starter's, with the app of the manifest as its first. Raises ValueError, OSError."""
    app = App.read(manifest_path) if manifest_path else None
    if workspace_path is None:
        return starter(app or App(name="app"))
    found = Workspace.read(workspace_path)
    if app is None:
        return found
    if found.apps:  # the file gives the ids and tokens, the manifest what it may do
        return replace(found, apps=(replace(found.apps[0], manifest=app.manifest), *found.apps[1:]))
    return replace(found, apps=(app,))


def introduction(sandbox: Sandbox) -> str:
    """What to put into an app's environment."""
    lines = [f"Sandbox workspace at {sandbox.address}", ""]
    for app in sandbox.workspace.apps:
        lines += [
            f"SLACK_API_URL={sandbox.address}/api/",
            f"SLACK_BOT_TOKEN={app.bot_token}",
            f"SLACK_APP_TOKEN={app.app_token}",
            f"SLACK_SIGNING_SECRET={app.signing_secret}",
            "",
        ]
    return "\n".join([*lines, f"Control API: {sandbox.address}/control/workspace"])


async def serve(
    host: str,
    port: int,
    manifest_path: Path | None,
    workspace_path: Path | None,
    *,
    mount: Sequence[Callable[[web.Application], Any]] = (),
    say: Callable[[str], None] = print,
    until: asyncio.Event | None = None,
) -> None:
    """Run until ``until`` is set or the task is cancelled. Raises ValueError and OSError for files and ports unfit."""
    sandbox = Sandbox(workspace_for(manifest_path, workspace_path), mount)
    await sandbox.start(host, port)
    say(introduction(sandbox))
    try:
        await (until or asyncio.Event()).wait()
    finally:
        await sandbox.stop()
