"""People by their e-mail address, where the token may ask (users:read.email)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

UNKNOWN = "users_not_found"


async def by_email(client: AsyncWebClient, emails: Sequence[str]) -> tuple[Mapping[str, str], str]:
    """Ids of those whom Slack knows; and why it could not be asked, empty where it could."""
    found: dict[str, str] = {}
    for email in emails:
        try:
            answer: Any = await client.users_lookupByEmail(email=email)
        except SlackApiError as error:
            code = str(error.response.get("error"))
            if code == "missing_scope":
                return found, "the bot may not look people up: grant it users:read.email"
            if code != UNKNOWN:
                return found, f"Slack says {code}"
            continue
        except (SlackClientError, aiohttp.ClientError, TimeoutError, OSError) as error:
            return found, f"Slack can't be reached ({type(error).__name__})"
        found[email] = str(answer["user"]["id"])
    return found, ""
