"""What ``coopbot doctor`` looks at, put together: the database, its clock, and Slack."""

from __future__ import annotations

import aiohttp

from coopbot.config import Settings
from coopbot.errors import CoopbotError
from coopbot.handlers.manifest import manifest_text
from coopbot.slack.chat import web_client
from coopbot.slack.doctor import Finding, examine, skew
from coopbot.store import Schema, schema_state
from coopbot.store.doctor import clock_of


async def examined(settings: Settings) -> list[Finding]:
    """Everything that was found, in the order in which it was looked at. Posts and writes nothing."""
    found = [*_database(settings.database_url), *_files(settings)]
    timeout = aiohttp.ClientTimeout(total=settings.timeout_s)
    async with aiohttp.ClientSession(timeout=timeout) as session:
        client = web_client(settings.bot_token, settings.slack_api_url, session)
        return found + await examine(client, settings.desk, scopes_of(manifest_text("")))


def _files(settings: Settings) -> list[Finding]:
    """Whether files can be passed on, and what can't be answered from Slack where they can't: a choice, no fault."""
    links = settings.desk.links
    if links is not None:
        return [Finding(True, f"files: passed on by links to {links.public_url}")]
    wrong = [warning for warning in settings.warnings if warning.key == "public_url"]
    return [Finding(True, f"files: answers take none, since public_url {each.message}") for each in wrong]


def scopes_of(manifest: str) -> list[str]:
    """The bot's scopes in a manifest, without those that may be left out."""
    import yaml

    scopes = yaml.safe_load(manifest)["oauth_config"]["scopes"]
    return [scope for scope in scopes["bot"] if scope not in scopes["bot_optional"]]


def _database(url: str) -> list[Finding]:
    kind = url.partition(":")[0]
    try:
        state = schema_state(url)
        if state is Schema.OLDER:
            return [Finding(False, f"database ({kind}): from an older coopbot", "back it up, run `coopbot migrate`")]
        if state is Schema.NEWER:
            return [Finding(False, f"database ({kind}): from a newer coopbot", "install that version")]
        return [Finding(True, f"database ({kind}): {state.value}"), *skew("the database", clock_of(url))]
    except CoopbotError as error:
        return [Finding(False, f"database ({kind}): {error}", "check COOPBOT_DATABASE_URL, and that it runs")]
