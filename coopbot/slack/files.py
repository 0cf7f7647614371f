"""Files that people attach in Slack, fetched with the bot's token.

Slack answers a token that may not read a file with its login page, as HTML and with status 200: that is no file. The
token goes to Slack's own hosts alone, and is not carried along by a redirect.
"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

from coopbot.ports import Fetched, Refused, Sent, TryLater
from coopbot.slack.chat import outcome_of, retry_after

_SOON = frozenset({"invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired"})
"""Of no file's making: whoever mends the token lets them all come."""
_HTML = re.compile(
    rb"\s*(?:\xef\xbb\xbf)?\s*(?:<!--.*?-->\s*)?<(?:!doctype\s+html|html|head)\b", re.IGNORECASE | re.DOTALL
)
_LOOKED_AT = 1024
_CHUNK = 64 * 1024


class SlackFiles:
    """coopbot.ports.Uploads over one client session, whose timeout counts."""

    def __init__(self, client: AsyncWebClient, session: aiohttp.ClientSession) -> None:
        self._client = client
        self._session = session

    async def fetch(self, source: str, most: int) -> Fetched | TryLater | Refused:
        told = await outcome_of(self._client.files_info(file=source), "files.info", "")
        if isinstance(told, Refused):
            return TryLater(None, f"files.info: {told.code}", begun=False) if told.code in _SOON else told
        if not isinstance(told, Sent):
            return told
        file: dict[str, Any] = dict((told.detail or {}).get("file") or {})
        url = str(file.get("url_private_download") or file.get("url_private") or "")
        if file.get("is_external") or not self._is_slacks(url):
            return Refused("not_in_slack")
        if int(file.get("size") or 0) > most:
            return Refused("too_large")
        return await self._download(url, most, int(file.get("size") or 0))

    def _is_slacks(self, url: str) -> bool:
        """Whether the token may be shown there: Slack's file hosts, or where its API is."""
        there, api = urlsplit(url), urlsplit(str(self._client.base_url))
        host = there.hostname or ""
        if (there.scheme, there.netloc) == (api.scheme, api.netloc):
            return True
        return there.scheme == "https" and (host == "slack.com" or host.endswith((".slack.com", ".slack-files.com")))

    async def _download(self, url: str, most: int, size: int) -> Fetched | TryLater | Refused:
        headers = {"Authorization": f"Bearer {self._client.token}"}
        try:
            async with self._session.get(url, headers=headers, allow_redirects=False) as answer:
                if answer.status == 429:
                    return TryLater(retry_after(answer.headers) or 30.0, "download: rate limited", begun=False)
                if 300 <= answer.status < 400:
                    return Refused("login_page", f"redirected, HTTP {answer.status}")
                if answer.status in (401, 403):
                    return Refused("no_permission", f"HTTP {answer.status}")
                if answer.status in (404, 410):
                    return Refused("file_not_found", f"HTTP {answer.status}")
                if answer.status != 200:
                    return TryLater(None, f"download: HTTP {answer.status}", begun=False)
                content = await _bounded(answer, most)
                kind = answer.content_type
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            return TryLater(None, f"download: {type(error).__name__}", begun=False)
        if content is None:
            return Refused("too_large")
        if kind == "text/html" or _HTML.match(content[:_LOOKED_AT]):
            return Refused("login_page")
        if size and len(content) != size:
            return TryLater(None, f"download: {len(content)} of {size} bytes", begun=False)
        return Fetched(content) if content else Refused("empty")


async def _bounded(answer: aiohttp.ClientResponse, most: int) -> bytes | None:
    """The body, None as soon as it is longer than ``most``."""
    read = bytearray()
    async for chunk in answer.content.iter_chunked(_CHUNK):
        read += chunk
        if len(read) > most:
            answer.close()
            return None
    return bytes(read)
