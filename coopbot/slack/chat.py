"""The Chat port over Slack's Web API: every answer becomes Sent, TryLater or Refused.

The SDK's own retries are off: it would send a post again after a dropped connection (slack.md C18). Calls share one
session; what is paced, retried and looked for is the delivery worker's business.
"""

from __future__ import annotations

from collections.abc import Awaitable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from coopbot.ports import Message, Outcome, Refused, Sent, TryLater

MARK = "coopbot_message"
_OVERLOADED = frozenset(
    {"internal_error", "fatal_error", "service_unavailable", "request_timeout", "team_added_to_org"}
)
_PAGES = 50
"""Pages of 200 messages through which a lost answer is looked for: what a minute of Slack's pace allows."""
_SKEW = timedelta(minutes=70)
"""A message may be so much older by Slack's clock than it was owed by ours: an hour's jump must not hide it."""
_SHORTEST_PAUSE, _LONGEST_PAUSE, _USUAL_PAUSE = 1.0, 3600.0, 30.0


def web_client(token: str, base_url: str | None, session: aiohttp.ClientSession) -> AsyncWebClient:
    """A client on one shared session (slack.md C19), without retries of its own (C17, C18)."""
    client = AsyncWebClient(token=token, session=session, retry_handlers=[])
    if base_url:
        client.base_url = base_url if base_url.endswith("/") else base_url + "/"
    return client


class SlackChat:
    def __init__(self, client: AsyncWebClient) -> None:
        self._client = client

    async def post(self, channel: str, message: Message, marker: str) -> Outcome:
        call = self._client.chat_postMessage(
            channel=channel,
            text=message.text,
            blocks=[dict(block) for block in message.blocks] or None,
            thread_ts=message.thread or None,
            reply_broadcast=message.also_channel or None,
            metadata={"event_type": MARK, "event_payload": {"intent": marker}},
            unfurl_links=False,
            unfurl_media=False,
        )
        return await outcome_of(call, "chat.postMessage", "ts")

    async def update(self, channel: str, ts: str, message: Message) -> Outcome:
        call = self._client.chat_update(
            channel=channel, ts=ts, text=message.text, blocks=[dict(block) for block in message.blocks] or None
        )
        return await outcome_of(call, "chat.update", "ts")

    async def pin(self, channel: str, ts: str) -> Outcome:
        pinned = await outcome_of(self._client.pins_add(channel=channel, timestamp=ts), "pins.add", "")
        return Sent() if isinstance(pinned, Refused) and pinned.code == "already_pinned" else pinned

    async def find(self, channel: str, thread: str, marker: str, since: datetime) -> Outcome:
        oldest = f"{(since - _SKEW).timestamp():.6f}"
        cursor = ""
        for _ in range(_PAGES):
            page: dict[str, Any] = {
                "channel": channel,
                "limit": 200,
                "include_all_metadata": True,
                "cursor": cursor or None,
            }
            if thread:
                call = self._client.conversations_replies(ts=thread, **page)
                method = "conversations.replies"
            else:
                call = self._client.conversations_history(oldest=oldest, **page)
                method = "conversations.history"
            found = await outcome_of(call, method, "")
            if not isinstance(found, Sent):
                return found
            answer = found.detail or {}
            for message in answer.get("messages") or ():
                payload = (message.get("metadata") or {}).get("event_payload") or {}
                if payload.get("intent") == marker:
                    return Sent(str(message["ts"]))
            cursor = str((answer.get("response_metadata") or {}).get("next_cursor") or "")
            if not cursor:
                return Refused("not_found")
        return Refused("too_far_back", f"not among the last {_PAGES * 200} messages")

    async def set_group(self, group: str, users: Sequence[str]) -> Outcome:
        call = self._client.usergroups_users_update(usergroup=group, users=list(users))
        return await outcome_of(call, "usergroups.users.update", "")

    async def open_direct(self, user: str) -> Outcome:
        opened = await outcome_of(self._client.conversations_open(users=[user]), "conversations.open", "")
        if not isinstance(opened, Sent):
            return opened
        channel = (opened.detail or {}).get("channel") or {}
        return Sent(str(channel.get("id") or ""))


async def outcome_of(call: Awaitable[Any], method: str, receipt: str) -> Outcome:
    """Await a Web API call; ``receipt`` names the field of the answer that identifies what was done."""
    try:
        answer = await call
    except SlackApiError as error:
        return _refusal(error, method)
    except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
        return TryLater(None, f"{method}: {error}", begun=False)
    except (aiohttp.ClientError, TimeoutError, SlackClientError, ValueError) as error:
        return TryLater(None, f"{method}: {type(error).__name__} {error}".strip())
    data: Mapping[str, Any] = answer.data if isinstance(answer.data, dict) else {}
    return Sent(str(data.get(receipt) or "") if receipt else "", data)


def _refusal(error: SlackApiError, method: str) -> Outcome:
    response = error.response
    status = getattr(response, "status_code", None) or (response.get("status") if isinstance(response, dict) else 0)
    data = getattr(response, "data", response)
    if not isinstance(data, dict) or "error" not in data:  # HTML, or nothing that Slack's API would say
        return TryLater(None, f"{method}: HTTP {status}, not Slack's JSON")
    code = str(data["error"])
    if status == 429 or code in ("ratelimited", "rate_limited"):
        return TryLater(pause_of(response), f"{method}: rate limited", begun=False, pause=method)
    if code in _OVERLOADED or (isinstance(status, int) and status >= 500):
        return TryLater(None, f"{method}: {code}")
    detail = "; ".join(str(m) for m in (data.get("response_metadata") or {}).get("messages") or ())
    needed = data.get("needed")
    return Refused(code, detail or (f"needs scope {needed}" if needed else ""))


def pause_of(response: Any) -> float:
    """Seconds for which an answer 429 wants us to wait."""
    after = retry_after(getattr(response, "headers", {}) or {})
    return after if after is not None else _USUAL_PAUSE


def retry_after(headers: Mapping[str, Any]) -> float | None:
    """Seconds that Retry-After names, from one to an hour; None for nonsense."""
    for name, value in headers.items():
        if name.lower() == "retry-after":
            try:
                seconds = float(value)
            except (TypeError, ValueError):
                return None
            return min(_LONGEST_PAUSE, max(_SHORTEST_PAUSE, seconds)) if seconds == seconds else None
    return None
