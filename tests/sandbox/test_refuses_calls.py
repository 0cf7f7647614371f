"""One case for each refusal that is no matter of blocks: tokens, scopes, channels, texts, triggers, addresses."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from coopbot.sandbox import App, Sandbox, SandboxClient
from tests.sandbox.conftest import MANIFEST, field, modal, section, web_client, workspace


def many(count: int) -> str:
    return ",".join(f"U{n}" for n in range(count))


async def error_of(call: Any) -> str:
    with pytest.raises(SlackApiError) as refused:
        await call
    return str(refused.value.response["error"])


@pytest.fixture
async def unpaced(people: SandboxClient) -> None:
    await people.limits(0)


# --- who asks ---


@pytest.mark.parametrize(
    ("token", "method", "error"),
    [
        ("", "auth.test", "not_authed"),
        ("xoxb-wrong", "auth.test", "invalid_auth"),
        ("xapp-1-A00000001-1-sandbox", "auth.test", "not_allowed_token_type"),
        ("xoxb-sandbox-1", "apps.connections.open", "not_allowed_token_type"),
        ("xapp-other", "apps.connections.open", "socket_mode_not_enabled"),
        ("xoxb-sandbox-1", "chat.shout", "unknown_method"),
        ("xoxb-other", "chat.postMessage", "missing_scope"),
        ("xoxb-other", "users.info", "missing_scope"),
        ("xoxb-other", "conversations.history", "missing_scope"),
        ("xoxb-other", "conversations.list", "missing_scope"),
        ("xoxb-other", "usergroups.users.list", "missing_scope"),
    ],
)
async def test_token_and_scope(sandbox: Sandbox, token: str, method: str, error: str) -> None:
    client = web_client(sandbox, token)
    assert await error_of(client.api_call(method, json={"channel": "CCARE", "text": "t", "user": "UANA"})) == error


async def test_missing_scope_says_which(sandbox: Sandbox) -> None:
    with pytest.raises(SlackApiError) as refused:
        await web_client(sandbox, "xoxb-other").chat_postMessage(channel="CCARE", text="t")
    assert refused.value.response["needed"] == "chat:write"
    assert refused.value.response["provided"] == ""


async def test_revoked_token(bot: AsyncWebClient) -> None:
    await bot.auth_revoke()
    assert await error_of(bot.auth_test()) == "token_revoked"


# --- where to ---


@pytest.mark.parametrize(
    ("channel", "error"),
    [
        ("CNONE", "channel_not_found"),
        ("#nowhere", "channel_not_found"),
        ("CSECRET", "channel_not_found"),
        ("CELSE", "not_in_channel"),
        ("COLD", "is_archived"),
        ("UGONE", "channel_not_found"),
        ("UBOT", "cannot_dm_bot"),
        ("", "invalid_arguments"),
    ],
)
async def test_post_where_it_cannot(bot: AsyncWebClient, channel: str, error: str) -> None:
    assert await error_of(bot.chat_postMessage(channel=channel, text="t")) == error


@pytest.mark.parametrize("channel", ["CCARE", "care", "#care", "UANA"])
async def test_post_where_it_can(bot: AsyncWebClient, channel: str) -> None:
    assert (await bot.chat_postMessage(channel=channel, text="t"))["ok"]


async def test_history_of_a_channel_it_is_not_in(bot: AsyncWebClient) -> None:
    assert await error_of(bot.conversations_history(channel="CELSE")) == "not_in_channel"
    assert await error_of(bot.conversations_history(channel="CSECRET")) == "channel_not_found"
    assert await error_of(bot.conversations_replies(channel="CCARE", ts="1.000000")) == "thread_not_found"


async def test_ephemeral_to_who_is_not_there(bot: AsyncWebClient) -> None:
    assert await error_of(bot.chat_postEphemeral(channel="CCARE", user="UOUT", text="t")) == "user_not_in_channel"
    assert await error_of(bot.chat_postEphemeral(channel="CCARE", user="UNONE", text="t")) == "user_not_found"
    assert (await bot.chat_postEphemeral(channel="CCARE", user="UANA", text="t"))["ok"]


async def test_app_without_home_or_messages() -> None:
    home = {"home_tab_enabled": False, "messages_tab_enabled": False}
    manifest = {**MANIFEST, "features": {**MANIFEST["features"], "app_home": home}}
    box = Sandbox(workspace(App(bot_user_id="UBOT", manifest=manifest)))
    await box.start()
    bot = web_client(box)
    assert await error_of(bot.chat_postMessage(channel="UANA", text="t")) == "messages_tab_disabled"
    published = bot.views_publish(user_id="UANA", view={"type": "home", "blocks": [section()]})
    assert await error_of(published) == "not_enabled"
    await box.stop()


# --- what ---


async def test_text_sizes(bot: AsyncWebClient) -> None:
    posted = await bot.chat_postMessage(channel="CCARE", text="x" * 40_001)
    assert len(posted["message"]["text"]) == 40_000
    ts = posted["ts"]
    assert (await bot.chat_update(channel="CCARE", ts=ts, text="x" * 4000))["ok"]
    assert await error_of(bot.chat_update(channel="CCARE", ts=ts, text="x" * 4001)) == "msg_too_long"
    assert await error_of(bot.chat_postMessage(channel="CCARE", markdown_text="x" * 12_001)) == "msg_too_long"
    assert (
        await error_of(bot.chat_postMessage(channel="CCARE", text="t", markdown_text="x")) == "markdown_text_conflict"
    )


async def test_text_of_all_blocks(bot: AsyncWebClient) -> None:
    assert (await bot.chat_postMessage(channel="CCARE", text="t", blocks=[section("x" * 3000)] * 4))["ok"]
    too_much = [*[section("x" * 3000)] * 4, section("x")]
    assert await error_of(bot.chat_postMessage(channel="CCARE", text="t", blocks=too_much)) == "msg_blocks_too_long"


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({}, "no_text"),
        ({"text": ""}, "no_text"),
        ({"blocks": "nonsense"}, "invalid_blocks_format"),
        ({"blocks": {"type": "section"}}, "invalid_blocks_format"),
        ({"text": "t", "attachments": [{"text": "a"}] * 101}, "too_many_attachments"),
        ({"text": "t", "attachments": [{"blocks": [{"type": "x"}]}]}, "invalid_blocks"),
        ({"text": "t", "metadata": {"event_type": "x"}}, "invalid_metadata_format"),
        ({"text": "t", "metadata": {"event_type": "x", "event_payload": {"x": "y" * 20_000}}}, "metadata_too_large"),
        ({"text": "t", "thread_ts": "1.000000"}, "cannot_reply_to_message"),
    ],
)
async def test_message_without_sense(bot: AsyncWebClient, arguments: dict[str, Any], error: str) -> None:
    call = bot.api_call("chat.postMessage", json={"channel": "CCARE", **arguments})
    assert await error_of(call) == error


async def test_others_messages(bot: AsyncWebClient, people: SandboxClient) -> None:
    ts = await people.says("UANA", "CCARE", "mine")
    assert await error_of(bot.chat_update(channel="CCARE", ts=ts, text="t")) == "cant_update_message"
    assert await error_of(bot.chat_delete(channel="CCARE", ts=ts)) == "cant_delete_message"
    assert await error_of(bot.chat_update(channel="CCARE", ts="1.000000", text="t")) == "message_not_found"


@pytest.mark.parametrize(
    ("method", "arguments", "error"),
    [
        ("users.info", {"user": "UNONE"}, "user_not_found"),
        ("users.lookupByEmail", {"email": "x@example.com"}, "users_not_found"),
        ("conversations.open", {"users": "UNONE"}, "user_not_found"),
        ("conversations.open", {"users": "UGONE"}, "user_disabled"),
        ("conversations.open", {"users": many(9)}, "too_many_users"),
        ("conversations.open", {}, "users_list_not_supplied"),
        ("conversations.list", {"limit": 1000}, "invalid_limit"),
        ("conversations.list", {"types": "secret"}, "invalid_types"),
        ("conversations.list", {"cursor": "somewhere"}, "invalid_cursor"),
        ("conversations.invite", {"channel": "CCARE", "users": many(101)}, "too_many_users"),
        ("conversations.invite", {"channel": "CCARE", "users": "UANA"}, "already_in_channel"),
        ("conversations.create", {"name": "care"}, "name_taken"),
        ("conversations.create", {"name": "Care!"}, "invalid_name_specials"),
        ("conversations.archive", {"channel": "COLD"}, "already_archived"),
        ("usergroups.users.list", {"usergroup": "SNONE"}, "no_such_subteam"),
        ("usergroups.users.update", {"usergroup": "SLEAD", "users": "UNONE"}, "invalid_users"),
        ("reactions.add", {"channel": "CCARE", "timestamp": "1.000000", "name": "eyes"}, "message_not_found"),
        ("files.info", {"file": "FNONE"}, "file_not_found"),
        ("files.completeUploadExternal", {"files": [{"id": "FNONE"}]}, "file_not_found"),
        ("files.getUploadURLExternal", {"filename": "a", "length": 2**21, "snippet_type": "c"}, "snippet_too_large"),
        ("oauth.v2.access", {"code": "nonsense"}, "invalid_code"),
        ("chat.scheduleMessage", {"channel": "CCARE", "text": "t", "post_at": 1}, "time_in_past"),
        ("views.publish", {"user_id": "UNONE", "view": {"type": "home", "blocks": []}}, "invalid_arguments"),
        ("views.update", {"view_id": "VNONE", "view": {}}, "not_found"),
        ("views.open", {"trigger_id": "1.2.3", "view": modal()}, "invalid_trigger_id"),
    ],
)  # fmt: skip
async def test_argument(bot: AsyncWebClient, method: str, arguments: dict[str, Any], error: str) -> None:
    assert await error_of(bot.api_call(method, json=arguments)) == error


# --- triggers and views ---


@pytest.fixture
async def trigger(people: SandboxClient) -> AsyncIterator[Any]:
    """Something that a person does, and the trigger that comes of it."""

    async def act() -> str:
        since = await people.seq()
        await people.shortcuts("UANA", "new_till")
        (delivery,) = await people.deliveries(since)
        return str(delivery["payload"]["trigger_id"])

    return act


async def test_trigger_lives_three_seconds(bot: AsyncWebClient, people: SandboxClient, trigger: Any) -> None:
    await people.clock(rate=0)
    fresh, stale = await trigger(), await trigger()
    await people.clock(advance=2.9)
    assert (await bot.views_open(trigger_id=fresh, view=modal()))["ok"]
    await people.clock(advance=0.2)
    assert await error_of(bot.views_open(trigger_id=stale, view=modal())) == "expired_trigger_id"


async def test_trigger_is_used_once(bot: AsyncWebClient, trigger: Any) -> None:
    mine = await trigger()
    await bot.views_open(trigger_id=mine, view=modal())
    assert await error_of(bot.views_push(trigger_id=mine, view=modal())) == "exchanged_trigger_id"


async def test_anothers_trigger(sandbox: Sandbox, trigger: Any) -> None:
    stolen = web_client(sandbox, "xoxb-other").views_open(trigger_id=await trigger(), view=modal())
    assert await error_of(stolen) == "invalid_trigger_id"


async def test_fourth_view(bot: AsyncWebClient, people: SandboxClient, trigger: Any) -> None:
    await bot.views_open(trigger_id=await trigger(), view=modal())
    for _ in range(2):
        await bot.views_push(trigger_id=await trigger(), view=modal())
    assert len(await people.views("UANA")) == 3
    assert await error_of(bot.views_push(trigger_id=await trigger(), view=modal())) == "push_limit_reached"


async def test_stale_hash(bot: AsyncWebClient, trigger: Any) -> None:
    view = (await bot.views_open(trigger_id=await trigger(), view=modal()))["view"]
    assert (await bot.views_update(view_id=view["id"], hash=view["hash"], view=modal()))["ok"]
    stale = bot.views_update(view_id=view["id"], hash=view["hash"], view=modal())
    assert await error_of(stale) == "hash_conflict"


async def test_external_id_is_ones_own(bot: AsyncWebClient, trigger: Any) -> None:
    await bot.views_open(trigger_id=await trigger(), view=modal(external_id="one"))
    assert (await bot.views_update(external_id="one", view=modal(external_id="one")))["ok"]
    second = bot.views_push(trigger_id=await trigger(), view=modal(external_id="one"))
    assert await error_of(second) == "duplicate_external_id"


async def test_required_field_never_reaches_the_app(bot: AsyncWebClient, people: SandboxClient, trigger: Any) -> None:
    await bot.views_open(trigger_id=await trigger(), view=modal(field(min_length=3)))
    since = await people.seq()
    assert (await people.submits("UANA"))["errors"] == {"b": "Please complete this required field."}
    assert (await people.submits("UANA", {"a": "ab"}))["errors"] == {"b": "Please use at least 3 characters."}
    assert await people.deliveries(since) == []


# --- response_url ---


@pytest.fixture
async def address(people: SandboxClient) -> str:
    since = await people.seq()
    await people.commands("UANA", "CCARE", "/till")
    (delivery,) = await people.deliveries(since)
    return str(delivery["payload"]["response_url"])


async def test_address_is_used_five_times(address: str, people: SandboxClient) -> None:
    webhook = AsyncWebhookClient(address)
    for number in range(5):
        assert (await webhook.send(text=f"{number}")).body == "ok"
    sixth = await webhook.send(text="6")
    assert (sixth.status_code, "used_url" in sixth.body) == (404, True)
    assert [m["text"] for m in await people.sees("UANA", "CCARE")] == ["0", "1", "2", "3", "4"]


async def test_address_lives_thirty_minutes(address: str, people: SandboxClient) -> None:
    webhook = AsyncWebhookClient(address)
    await people.clock(rate=0)
    await people.clock(advance=29 * 60)
    assert (await webhook.send(text="still")).status_code == 200
    await people.clock(advance=61)
    late = await webhook.send(text="late")
    assert (late.status_code, "expired_url" in late.body) == (404, True)


async def test_address_takes_what_the_budget_refuses(address: str) -> None:
    blocks = [section("x" * 3000)] * 5
    assert (await AsyncWebhookClient(address).send(blocks=blocks)).status_code == 200
    refused = await AsyncWebhookClient(address).send(blocks=[{"type": "paragraph"}])
    assert refused.status_code == 400


# --- pacing ---

TIERS = [
    ("chat.update", 50), ("chat.postEphemeral", 100), ("views.publish", 100), ("users.info", 100), ("users.list", 20),
    ("conversations.list", 20), ("conversations.members", 100), ("conversations.history", 50),
    ("conversations.replies", 50), ("usergroups.list", 20), ("usergroups.users.list", 20), ("reactions.add", 50),
    ("pins.add", 20), ("bookmarks.add", 20), ("files.info", 100), ("apps.connections.open", 50), ("auth.test", 600),
    ("chat.getPermalink", 600), ("chat.delete", 50), ("conversations.open", 50), ("bots.info", 50),
]  # fmt: skip


@pytest.mark.parametrize(("method", "quota"), TIERS)
async def test_tier(sandbox: Sandbox, people: SandboxClient, method: str, quota: int) -> None:
    await people.clock(rate=0)
    await people.limits(quota / 2)
    token = "xapp-1-A00000001-1-sandbox" if method.startswith("apps.") else "xoxb-sandbox-1"
    headers = {"Authorization": f"Bearer {token}"}
    async with aiohttp.ClientSession(headers=headers) as session:

        async def call() -> tuple[int, str | None]:
            async with session.post(f"{sandbox.address}/api/{method}", json={}) as answer:
                return answer.status, answer.headers.get("Retry-After")

        assert [await call() for _ in range(3)] == [(200, None), (200, None), (429, "30")]
        await people.clock(advance=30)
        assert (await call())[0] == 200


async def test_a_channel_takes_one_post_a_second_after_a_burst(bot: AsyncWebClient, people: SandboxClient) -> None:
    await people.clock(rate=0)
    for _ in range(10):
        await bot.chat_postMessage(channel="CCARE", text="t")
    with pytest.raises(SlackApiError) as limited:
        await bot.chat_postMessage(channel="CCARE", text="t")
    assert limited.value.response.status_code == 429
    assert limited.value.response["error"] == "ratelimited"
    assert limited.value.response.headers["Retry-After"] == "1"
    assert (await bot.chat_postMessage(channel="UANA", text="another place"))["ok"]
    await people.clock(advance=1)
    assert (await bot.chat_postMessage(channel="CCARE", text="t"))["ok"]


async def test_limits_can_be_turned_off(bot: AsyncWebClient, people: SandboxClient, unpaced: None) -> None:
    for _ in range(40):
        await bot.users_list()
