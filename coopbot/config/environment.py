"""The environment's part of the settings (configuration.md, Environment)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple
from urllib.parse import urlsplit

from coopbot.config import checks
from coopbot.config.settings import DATABASE, LEAST_SECRET, SLACK_API, Bind, Log
from coopbot.errors import Mistake

LEVELS = ("debug", "info", "warning", "error")
_STYLES: Sequence[Literal["console", "json"]] = ("console", "json")


TIMEOUT_S = 10.0
LEASE_S = 25.0
PATIENCE_S = 2.0


class SlackAccess(NamedTuple):
    bot_token: str
    app_token: str
    signing_secret: str
    api_url: str


class Environment:
    """Reads variables, noting every mistake; values that are secret are never quoted in one."""

    def __init__(self, environ: Mapping[str, str], mistakes: list[Mistake]) -> None:
        self._environ = environ
        self._mistakes = mistakes

    def text(self, name: str, default: str = "") -> str:
        """The variable without the white space around it (a secret from a file ends in a newline)."""
        return self._environ.get(name, "").strip() or default

    def wrong(self, name: str, message: str) -> None:
        self._mistakes.append(Mistake(name, message))

    def slack(self, *, needed: bool) -> SlackAccess:
        bot, app = self.text("SLACK_BOT_TOKEN"), self.text("SLACK_APP_TOKEN")
        secret = self.text("SLACK_SIGNING_SECRET")
        if bot:
            self._token("SLACK_BOT_TOKEN", bot, "xoxb-", "OAuth & Permissions › Bot User OAuth Token")
        elif needed:
            self.wrong("SLACK_BOT_TOKEN", "is missing; OAuth & Permissions › Bot User OAuth Token, starts with xoxb-")
        if app:
            self._token("SLACK_APP_TOKEN", app, "xapp-", "Basic Information › App-Level Tokens")
        elif needed and not secret:
            self.wrong(
                "SLACK_APP_TOKEN",
                "is missing, and so is SLACK_SIGNING_SECRET; set the first for Socket Mode, or the second for HTTP",
            )
        if secret and secret.startswith(("xoxb-", "xapp-")):
            self.wrong("SLACK_SIGNING_SECRET", "holds a token; Basic Information › Signing Secret")
        api = self.text("SLACK_API_URL", SLACK_API)
        self._url("SLACK_API_URL", api)
        return SlackAccess(bot, app, secret, api if api.endswith("/") else f"{api}/")

    def database_url(self) -> str:
        value = self.text("COOPBOT_DATABASE_URL", DATABASE)
        allowed = "must be sqlite:///path or postgresql://user@host/database"
        try:
            parts = urlsplit(value)
            _ = parts.port
        except ValueError:
            self.wrong("COOPBOT_DATABASE_URL", f"{allowed}; its host or port can't be read")
            return value
        if parts.scheme == "sqlite":
            if not value.startswith("sqlite:///") or value in ("sqlite:///", "sqlite:///:memory:"):
                self.wrong("COOPBOT_DATABASE_URL", f"{allowed}; a database in memory would forget every order")
        elif parts.scheme != "postgresql":
            self.wrong("COOPBOT_DATABASE_URL", f"{allowed}, not {parts.scheme or 'no'} scheme")
        elif not parts.path.strip("/"):
            self.wrong("COOPBOT_DATABASE_URL", "names no database after the host")
        return value

    def bind(self) -> Bind:
        value = self.text("COOPBOT_BIND")
        if not value:
            return Bind()
        found = re.fullmatch(r"(?:\[([0-9A-Fa-f:.]+)\]|([^\s:/\[\]]+)):([0-9]{1,5})", value)
        if not found or int(found[3]) > 65_535:
            self.wrong("COOPBOT_BIND", f"must be host:port such as 127.0.0.1:8700 or [::1]:8700, not {value!r}")
            return Bind()
        return Bind(found[1] or found[2], int(found[3]))

    def log(self) -> Log:
        style: Literal["console", "json"] | None = None
        level = "info"
        for word in re.split(r"[\s,:;/]+", self.text("COOPBOT_LOG").lower()):
            known = next((each for each in _STYLES if each == word), None)
            if known:
                style = known
            elif word in LEVELS:
                level = word
            elif word:
                allowed = f"must be console or json and a level ({', '.join(LEVELS)}), such as 'json info'"
                self.wrong("COOPBOT_LOG", f"{allowed}, not {word!r}{checks.meant(word, [*_STYLES, *LEVELS])}")
        return Log(style, level.upper())

    def timeout(self) -> float:
        """How long a call to Slack or to the platform may take, in seconds."""
        value = self.text("COOPBOT_TIMEOUT", str(TIMEOUT_S))
        try:
            seconds = float(value)
        except ValueError:
            seconds = 0.0
        if not 0.2 <= seconds <= 60:
            self.wrong("COOPBOT_TIMEOUT", f"must be seconds from 0.2 to 60, not {value!r}")
        return seconds

    def lease(self, timeout_s: float) -> float:
        """How long what is under way is kept from other replicas, in seconds: longer than a call and a look take."""
        least = 2 * timeout_s + 1
        usual = max(LEASE_S, least)
        value = self.text("COOPBOT_LEASE", f"{usual:g}")
        try:
            seconds = float(value)
        except ValueError:
            seconds = 0.0
        if not least <= seconds <= 3600:
            allowed = f"must be seconds from {least:g} (twice COOPBOT_TIMEOUT, and one) to 3600"
            self.wrong("COOPBOT_LEASE", f"{allowed}, not {value!r}")
            return usual
        return seconds

    def files_secrets(self) -> tuple[str, ...]:
        """What links to files are signed with; the first signs, each verifies while one is replaced."""
        secrets = tuple(self.text("COOPBOT_FILES_SECRET").split())
        if any(len(secret) < LEAST_SECRET for secret in secrets):
            self.wrong("COOPBOT_FILES_SECRET", f"holds a secret of fewer than {LEAST_SECRET} characters")
        return secrets

    def heartbeat(self) -> str:
        """Who notices that no beat comes any more; empty: nobody."""
        url = self.text("COOPBOT_HEARTBEAT_URL")
        if url and checks.url(url):  # not quoted: whoever knows it can beat in our place
            self.wrong("COOPBOT_HEARTBEAT_URL", "must be a URL such as https://watcher.example/ping")
        return url

    def pace(self) -> float:
        """How many times Slack's published rates messages may leave with; more than one only where Slack grants it."""
        return self._number("COOPBOT_PACE", 1.0, 0.01, 1000, "times Slack's published rates")

    def patience(self) -> float:
        """Within how many seconds the last of the orders that wait must be told if each is to come as a card."""
        return self._number("COOPBOT_PATIENCE", PATIENCE_S, 0, 3600, "seconds")

    def _number(self, name: str, usual: float, least: float, most: float, unit: str) -> float:
        value = self.text(name, f"{usual:g}")
        try:
            number = float(value)
        except ValueError:
            number = -1.0
        if not least <= number <= most:
            self.wrong(name, f"must be {unit} from {least:g} to {most:g}, not {value!r}")
            return usual
        return number

    def failpoints(self) -> str:
        value = self.text("COOPBOT_FAIL")
        allow = self.text("COOPBOT_ALLOW_FAULTS")
        if allow not in ("", "0", "1"):
            self.wrong("COOPBOT_ALLOW_FAULTS", "must be 1, 0 or absent")
        if value and allow != "1":
            self.wrong("COOPBOT_FAIL", "makes the program fail on purpose; refused unless COOPBOT_ALLOW_FAULTS=1")
            return ""
        return value

    def _token(self, name: str, value: str, prefix: str, where: str) -> None:
        if value.startswith(prefix) and len(value) > len(prefix) and value.isprintable() and " " not in value:
            return
        kinds = {"xoxb-": "a bot token", "xapp-": "an app-level token", "xoxp-": "a user token"}
        kind = next((kind for start, kind in kinds.items() if value.startswith(start) and start != prefix), "")
        self.wrong(name, f"must start with {prefix} ({where})" + (f"; this is {kind}" if kind else ""))

    def _url(self, name: str, value: str) -> None:
        wrong = checks.url(value, SLACK_API)
        if wrong:
            self.wrong(name, wrong)
