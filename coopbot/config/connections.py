"""``[connections.…]``: how each platform connection is reached, and by which secrets it is known."""

from __future__ import annotations

from dataclasses import dataclass, field

from coopbot.config import checks
from coopbot.config.environment import Environment
from coopbot.config.settings import ConnectionAccess, HookAccess
from coopbot.domain.reading import Reader
from coopbot.domain.team import Connection, OperationsManager
from coopbot.errors import Mistake


@dataclass
class Connections:
    """What was read, with the two halves of each connection: what the core needs, and what stays at the edge."""

    known: dict[str, Connection] = field(default_factory=dict)
    access: dict[str, ConnectionAccess] = field(default_factory=dict)
    warnings: list[Mistake] = field(default_factory=list)


def read_connections(top: Reader, environment: Environment, *, secrets: bool) -> Connections:
    """``secrets`` False: variables that are not set are no mistakes (the command talks to nobody)."""
    read = Connections()
    owners: dict[str, str] = {}
    for name, table in top.tables("connections"):
        wrong = checks.connection(name)
        if wrong:
            table.wrong("", wrong)
        keys = _secrets(table, environment, needed=secrets)
        token = _read_token(table, environment, needed=secrets)
        for secret, key in [*((secret, "secret_env") for secret in keys), (token, "read_token_env")]:
            if secret and owners.setdefault(secret, name) != name:
                table.wrong(key, f"holds what connection {owners[secret]} has too; each must have its own")
        if any(checks.is_short(secret) for secret in keys):
            read.warnings.append(Mistake(table.at("secret_env"), "holds a secret of fewer than 24 bytes"))
        reply_url = table.text("reply_url", "")
        _check_url(table, "reply_url", reply_url)
        if not reply_url and not table.has("reply_url"):
            read.warnings.append(Mistake(table.at("reply_url"), "is missing: replies can't reach this platform"))
        manager = _manager(table.table("operations_manager"))
        read.known[name] = Connection(name, table.flag("confirms", False), manager)
        read.access[name] = ConnectionAccess(name, keys, token, reply_url, manager.webhook)
        table.done()
    return read


def read_hooks(top: Reader, environment: Environment, *, secrets: bool) -> dict[str, HookAccess]:
    """``[hooks.NAME]``: signed webhooks that a step of a ladder may call."""
    hooks = {}
    for name, table in top.tables("hooks"):
        url = table.text("url")
        _check_url(table, "url", url)
        hooks[name] = HookAccess(url, _secrets(table, environment, needed=secrets))
        table.done()
    return hooks


def _secrets(table: Reader, environment: Environment, *, needed: bool) -> tuple[str, ...]:
    variable = table.text("secret_env")
    if not variable.strip():
        return ()
    value = environment.text(variable)
    if not value:
        if variable.startswith("whsec_"):
            table.wrong("secret_env", "must be the name of the variable that holds the secret, not the secret")
        elif needed:
            table.wrong("secret_env", f"names the variable {variable}, which is not set; it holds whsec_<base64>")
        return ()
    wrong = {problem for secret in value.split() if (problem := checks.webhook_secret(secret))}
    for problem in sorted(wrong):
        table.wrong("secret_env", f"names the variable {variable}, which {problem}")
    return () if wrong else tuple(dict.fromkeys(value.split()))


def _read_token(table: Reader, environment: Environment, *, needed: bool) -> str:
    variable = table.text("read_token_env", "")
    if not variable:
        return ""
    token = environment.text(variable)
    if not token and needed:
        table.wrong("read_token_env", f"names the variable {variable}, which is not set")
    if not (token.isascii() and token.isprintable()) or " " in token:
        table.wrong("read_token_env", f"names the variable {variable}, which must be one word of ASCII characters")
        return ""
    return token


def _manager(table: Reader) -> OperationsManager:
    manager = OperationsManager(
        slack=table.text("slack", ""), webhook=table.text("webhook", ""), text=table.flag("text", True)
    )
    if manager.slack and (wrong := checks.user_or_channel(manager.slack)):
        table.wrong("slack", wrong)
    _check_url(table, "webhook", manager.webhook)
    table.done()
    return manager


def _check_url(table: Reader, key: str, value: str) -> None:
    if value and (wrong := checks.url(value)):
        table.wrong(key, wrong)
