"""What an installation is set to, as frozen values (configuration.md). Secrets are left out of every ``repr``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from coopbot.domain.team import Desk
from coopbot.errors import Mistake

SLACK_API = "https://slack.com/api/"


@dataclass(frozen=True)
class SlackAccess:
    bot_token: str = field(default="", repr=False)
    app_token: str = field(default="", repr=False)
    signing_secret: str = field(default="", repr=False)
    api_url: str = SLACK_API
    """Ends with a slash."""

    @property
    def socket_mode(self) -> bool:
        """Whether Slack's events come over a socket that we open; else as signed HTTP at ``/slack/events``."""
        return bool(self.app_token)


@dataclass(frozen=True)
class Bind:
    host: str = "127.0.0.1"
    port: int = 8700


@dataclass(frozen=True)
class Log:
    style: Literal["console", "json"] | None = None
    """None: console at a terminal, else json."""
    level: str = "INFO"


@dataclass(frozen=True)
class ConnectionAccess:
    """How a connection is reached and recognised; the core knows only its Connection."""

    name: str
    secrets: tuple[str, ...] = field(default=(), repr=False)
    """``whsec_…``; the first signs, each verifies."""
    read_token: str = field(default="", repr=False)
    reply_url: str = ""
    outage_webhook: str = ""


@dataclass(frozen=True)
class Settings:
    desk: Desk
    connections: Mapping[str, ConnectionAccess]
    slack: SlackAccess = SlackAccess()
    database_url: str = "sqlite:///coopbot.db"
    bind: Bind = Bind()
    log: Log = Log()
    failpoints: str = ""
    """``COOPBOT_FAIL``; only ever set where faults are allowed."""
    source: str = "coopbot.toml"
    warnings: tuple[Mistake, ...] = ()
    """Allowed, but hardly meant."""
