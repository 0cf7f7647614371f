"""What an installation is set to, as frozen values (configuration.md). Secrets are left out of every ``repr``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from coopbot.domain.team import Desk
from coopbot.errors import Mistake

LEAST_SECRET = 24
"""Characters of a secret that links are signed with."""
DATABASE = "sqlite:///coopbot.db"
SLACK_API = "https://slack.com/api/"


class Bind(NamedTuple):
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
    outage_url: str = ""


@dataclass(frozen=True)
class HookAccess:
    """A signed webhook that a step of a ladder calls."""

    url: str
    secrets: tuple[str, ...] = field(default=(), repr=False)


@dataclass(frozen=True)
class Settings:
    desk: Desk
    connections: Mapping[str, ConnectionAccess]
    hooks: Mapping[str, HookAccess] = field(default_factory=dict)
    bot_token: str = field(default="", repr=False)
    app_token: str = field(default="", repr=False)
    """With one: Socket Mode, else signed HTTP at ``/slack/events``."""
    signing_secret: str = field(default="", repr=False)
    slack_api_url: str = SLACK_API
    """Ends with a slash."""
    database_url: str = field(default=DATABASE, repr=False)
    """May carry a password."""
    bind: Bind = field(default_factory=Bind)
    log: Log = Log()
    fail: str = ""
    """``COOPBOT_FAIL``; only ever set where faults are allowed."""
    timeout_s: float = 10.0
    """How long a call of ours may take."""
    lease_s: float = 25.0
    """How long a process that has stopped answering keeps what it was sending."""
    pace: float = 1.0
    """How many times Slack's published rates we may use."""
    patience_s: float = 2.0
    """Orders get a card each as long as the last that waits is told within so many seconds; else they go in digests."""
    heartbeat_url: str = field(default="", repr=False)
    """Called each minute while all is on its way; who listens there notices when it stops."""
    source: str = "coopbot.toml"
    warnings: tuple[Mistake, ...] = ()
    """Allowed, but hardly meant."""

    @property
    def secrets(self) -> Mapping[str, tuple[str, ...]]:
        """Of each connection, for telling who speaks."""
        return {name: access.secrets for name, access in self.connections.items()}

    @property
    def read_tokens(self) -> Mapping[str, str]:
        """Of each connection that has one."""
        return {name: access.read_token for name, access in self.connections.items() if access.read_token}

    @property
    def wires(self) -> Mapping[str, ConnectionAccess]:
        """How each connection is reached."""
        return self.connections
