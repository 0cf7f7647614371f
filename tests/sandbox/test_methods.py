"""Every method through the official client: what it answers and what then is so."""

from __future__ import annotations

from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from coopbot.sandbox import Sandbox, SandboxClient
from tests.sandbox.conftest import button, section

MARK = {"event_type": "till", "event_payload": {"intent": "17"}}


async def test_who_am_i(bot: AsyncWebClient) -> None:
    answer = await bot.auth_test()
    assert (answer["user_id"], answer["bot_id"], answer["team_id"]) == ("UBOT", "B00000001", "T00000001")
    assert (await bot.api_test(foo="bar"))["args"]["foo"] == "bar"
    assert (await bot.team_info())["team"]["domain"] == "sandbox"
    assert (await bot.bots_info(bot="B00000001"))["bot"]["app_id"] == "A00000001"
    assert (await bot.emoji_list())["emoji"] == {}


async def test_message_through_its_life(bot: AsyncWebClient, people: SandboxClient) -> None:
    blocks = [section("Order *A-17*"), {"type": "actions", "elements": [button()]}]
    posted = await bot.chat_postMessage(channel="#care", text="Order A-17", blocks=blocks, metadata=MARK)
    ts = posted["ts"]
    assert (posted["channel"], posted["message"]["bot_id"]) == ("CCARE", "B00000001")
    assert all(b["block_id"] for b in posted["message"]["blocks"])
    reply = await bot.chat_postMessage(channel="CCARE", text="a reply", thread_ts=ts, reply_broadcast=True)
    await bot.chat_update(channel="CCARE", ts=ts, text="Order A-17, claimed")
    parent, answer = (await bot.conversations_replies(channel="CCARE", ts=ts))["messages"]
    assert (parent["reply_count"], parent["edited"]["user"], len(parent["blocks"])) == (1, "UBOT", 2)
    assert (answer["ts"], answer["thread_ts"]) == (reply["ts"], ts)
    link = (await bot.chat_getPermalink(channel="CCARE", message_ts=ts))["permalink"]
    assert link.endswith(f"/archives/CCARE/p{ts.replace('.', '')}")
    await bot.chat_delete(channel="CCARE", ts=reply["ts"])
    await bot.chat_delete(channel="CCARE", ts=ts)
    assert await people.sees("UANA", "CCARE") == []
    assert (await bot.conversations_history(channel="CCARE"))["messages"] == []


async def test_metadata_is_found_again(bot: AsyncWebClient) -> None:
    ts = (await bot.chat_postMessage(channel="CCARE", text="t", metadata=MARK))["ts"]
    await bot.chat_postMessage(channel="CCARE", text="in the thread", thread_ts=ts, metadata=MARK)
    (message,) = (await bot.conversations_history(channel="CCARE", include_all_metadata=True))["messages"]
    assert message["metadata"] == MARK
    (bare,) = (await bot.conversations_history(channel="CCARE"))["messages"]
    assert bare["metadata"] == {"event_type": "till"}
    thread = (await bot.conversations_replies(channel="CCARE", ts=ts, include_all_metadata=True))["messages"]
    assert [m["metadata"] for m in thread] == [MARK, MARK]


async def test_history_in_pages_newest_first(bot: AsyncWebClient, people: SandboxClient) -> None:
    sent = [await people.says("UANA", "CCARE", f"{n}") for n in range(7)]
    first = await bot.conversations_history(channel="CCARE", limit=3)
    assert [m["text"] for m in first["messages"]] == ["6", "5", "4"]
    seen = [m["text"] async for page in first for m in page["messages"]]
    assert seen == ["6", "5", "4", "3", "2", "1", "0"]
    since = await bot.conversations_history(channel="CCARE", oldest=sent[4])
    assert [m["text"] for m in since["messages"]] == ["6", "5"]
    window = await bot.conversations_history(channel="CCARE", oldest=sent[1], latest=sent[3], inclusive=True)
    assert [m["text"] for m in window["messages"]] == ["3", "2", "1"]


async def test_replies_in_pages(bot: AsyncWebClient, people: SandboxClient) -> None:
    parent = await people.says("UANA", "CCARE", "p")
    for number in range(5):
        await people.says("UBEN", "CCARE", f"{number}", parent)
    first = await bot.conversations_replies(channel="CCARE", ts=parent, limit=3)
    assert [m["text"] async for page in first for m in page["messages"]] == ["p", "0", "1", "2", "3", "4"]


async def test_scheduled_message_comes_in_its_time(bot: AsyncWebClient, people: SandboxClient) -> None:
    now = int((await people.clock(rate=0))["now"])
    kept = await bot.chat_scheduleMessage(channel="CCARE", text="later", post_at=now + 600)
    gone = await bot.chat_scheduleMessage(channel="CCARE", text="never", post_at=now + 600)
    assert len((await bot.chat_scheduledMessages_list())["scheduled_messages"]) == 2
    await bot.chat_deleteScheduledMessage(channel="CCARE", scheduled_message_id=gone["scheduled_message_id"])
    await people.clock(advance=599)
    assert await people.sees("UANA", "CCARE") == []
    await people.clock(advance=2)
    assert [m["text"] for m in await people.sees("UANA", "CCARE")] == ["later"]
    assert kept["post_at"] == now + 600


async def test_conversations(bot: AsyncWebClient) -> None:
    listed = (await bot.conversations_list(types="public_channel,private_channel"))["channels"]
    assert {c["id"] for c in listed} == {"CCARE", "CELSE", "COLD"}
    assert {c["id"] for c in listed if c["is_member"]} == {"CCARE", "COLD"}
    mine = (await bot.users_conversations(exclude_archived=True))["channels"]
    assert [c["name"] for c in mine] == ["care"]
    assert (await bot.conversations_info(channel="CCARE", include_num_members=True))["channel"]["num_members"] == 3
    pages = await bot.conversations_members(channel="CCARE", limit=2)
    assert [m async for page in pages for m in page["members"]] == ["UANA", "UBEN", "UBOT"]
    await bot.conversations_join(channel="CELSE")
    await bot.conversations_setTopic(channel="CELSE", topic="Something")
    await bot.conversations_setPurpose(channel="CELSE", purpose="Anything")
    assert (await bot.conversations_info(channel="CELSE"))["channel"]["topic"]["value"] == "Something"
    await bot.conversations_invite(channel="CELSE", users=["UBEN"])
    await bot.conversations_kick(channel="CELSE", user="UBEN")
    await bot.conversations_leave(channel="CELSE")
    made = (await bot.conversations_create(name="made", is_private=True))["channel"]
    await bot.conversations_rename(channel=made["id"], name="renamed")
    await bot.conversations_archive(channel=made["id"])
    await bot.conversations_unarchive(channel=made["id"])
    assert (await bot.conversations_info(channel=made["id"]))["channel"]["name"] == "renamed"


async def test_direct_message(bot: AsyncWebClient, people: SandboxClient) -> None:
    first = (await bot.conversations_open(users=["UANA"]))["channel"]["id"]
    again = await bot.conversations_open(users=["UANA"], return_im=True)
    assert (again["channel"]["id"], again["already_open"], again["channel"]["user"]) == (first, True, "UANA")
    await bot.chat_postMessage(channel=first, text="psst")
    assert [m["text"] for m in await people.sees("UANA", first)] == ["psst"]
    (badge,) = [c for c in await people.conversations("UANA") if c["id"] == first]
    assert (badge["kind"], badge["unread"], badge["mentions"], badge["app_id"]) == ("dm", 1, 1, "A00000001")
    group = (await bot.conversations_open(users="UANA,UBEN"))["channel"]["id"]
    assert (await bot.conversations_members(channel=group))["members"] == ["UBOT", "UANA", "UBEN"]
    await bot.conversations_mark(channel=first, ts="1.000000")
    assert (await bot.conversations_close(channel=first))["ok"]


async def test_users(bot: AsyncWebClient) -> None:
    ana = (await bot.users_info(user="UANA", include_locale=True))["user"]
    assert (ana["locale"], ana["tz"], ana["tz_offset"]) == ("zh-CN", "Asia/Shanghai", 28800)
    assert (ana["is_bot"], ana["deleted"], ana["is_restricted"]) == (False, False, False)
    assert "locale" not in (await bot.users_info(user="UANA"))["user"]
    assert (await bot.users_info(user="UBOT"))["user"]["is_bot"]
    listed = [m async for page in await bot.users_list(limit=2) for m in page["members"]]
    assert {m["id"] for m in listed if m["deleted"]} == {"UGONE"}
    assert (await bot.users_lookupByEmail(email="ana@example.com"))["user"]["id"] == "UANA"
    assert (await bot.users_profile_get(user="UANA"))["profile"]["real_name"] == "Ana Ruiz"
    assert (await bot.users_getPresence(user="UANA"))["presence"] == "active"


async def test_usergroups(bot: AsyncWebClient) -> None:
    (group,) = (await bot.usergroups_list(include_users=True))["usergroups"]
    assert (group["handle"], group["users"]) == ("leads", ["UANA"])
    await bot.usergroups_users_update(usergroup="SLEAD", users=["UANA", "UBEN"])
    assert (await bot.usergroups_users_list(usergroup="SLEAD"))["users"] == ["UANA", "UBEN"]
    made = (await bot.usergroups_create(name="On call"))["usergroup"]
    await bot.usergroups_update(usergroup=made["id"], handle="oncall")
    await bot.usergroups_users_update(usergroup=made["id"], users=["UANA"])
    await bot.usergroups_disable(usergroup=made["id"])
    with pytest.raises(SlackApiError, match="no_such_subteam"):
        await bot.usergroups_users_list(usergroup=made["id"])
    assert (await bot.usergroups_users_list(usergroup=made["id"], include_disabled=True))["users"] == ["UANA"]
    assert len((await bot.usergroups_list())["usergroups"]) == 1
    await bot.usergroups_enable(usergroup=made["id"])
    assert [g["handle"] for g in (await bot.usergroups_list())["usergroups"]] == ["leads", "oncall"]


async def test_upload_and_download(sandbox: Sandbox, bot: AsyncWebClient, people: SandboxClient) -> None:
    answer = await bot.files_upload_v2(
        content="a,b\n1,2\n", filename="report.csv", title="Report", channel="CCARE", initial_comment="This week"
    )
    file = answer["file"]
    (message,) = await people.sees("UANA", "CCARE")
    assert (message["text"], message["files"][0]["title"]) == ("This week", "Report")
    token = {"Authorization": "Bearer xoxb-sandbox-1"}
    async with aiohttp.ClientSession() as session, session.get(file["url_private"], headers=token) as got:
        assert (await got.text(), got.content_type) == ("a,b\n1,2\n", "text/csv")
    assert (await bot.files_info(file=file["id"]))["file"]["channels"] == ["CCARE"]
    assert len((await bot.files_list(channel="CCARE"))["files"]) == 1
    await bot.files_delete(file=file["id"])
    assert (await bot.files_list())["files"] == []


async def test_reactions_pins_bookmarks(bot: AsyncWebClient, people: SandboxClient) -> None:
    ts = await people.says("UANA", "CCARE", "look")
    await bot.reactions_add(channel="CCARE", timestamp=ts, name="eyes")
    assert (await bot.reactions_get(channel="CCARE", timestamp=ts))["message"]["reactions"][0]["users"] == ["UBOT"]
    assert len((await bot.reactions_list())["items"]) == 1
    await bot.pins_add(channel="CCARE", timestamp=ts)
    assert [i["message"]["ts"] for i in (await bot.pins_list(channel="CCARE"))["items"]] == [ts]
    (seen,) = await people.sees("UBEN", "CCARE")
    assert (seen["reactions"], seen["pinned"]) == ({"eyes": ["UBOT"]}, True)
    await bot.reactions_remove(channel="CCARE", timestamp=ts, name="eyes")
    await bot.pins_remove(channel="CCARE", timestamp=ts)
    made = await bot.bookmarks_add(channel_id="CCARE", title="Docs", type="link", link="https://example.com")
    kept = made["bookmark"]["id"]
    await bot.bookmarks_edit(channel_id="CCARE", bookmark_id=kept, title="The docs")
    assert [b["title"] for b in (await bot.bookmarks_list(channel_id="CCARE"))["bookmarks"]] == ["The docs"]
    await bot.bookmarks_remove(channel_id="CCARE", bookmark_id=kept)


@pytest.mark.filterwarnings("ignore:BasicAuth is deprecated")  # slack_sdk's own use of aiohttp
async def test_validation_and_installation(bot: AsyncWebClient) -> None:
    assert (await bot.blocks_validate(blocks=[section()]))["ok"]
    assert (await bot.blocks_validate(message={"blocks": [section()]}))["ok"]
    got = await bot.oauth_v2_access(client_id="1", client_secret="2", code="code-A00000001")
    assert (got["access_token"], got["bot_user_id"], got["team"]["id"]) == ("xoxb-sandbox-1", "UBOT", "T00000001")


async def test_forms_and_queries_are_read_too(sandbox: Sandbox) -> None:
    headers = {"Authorization": "Bearer xoxb-sandbox-1"}
    form: dict[str, Any] = {"channel": "CCARE", "blocks": '[{"type": "divider"}]', "text": "t"}
    async with aiohttp.ClientSession() as session:
        async with session.post(f"{sandbox.address}/api/chat.postMessage", data=form, headers=headers) as answer:
            assert (await answer.json())["message"]["blocks"][0]["type"] == "divider"
        async with session.get(f"{sandbox.address}/api/auth.test", params={"token": "xoxb-sandbox-1"}) as answer:
            assert (await answer.json())["ok"]


async def test_me_message_and_home(bot: AsyncWebClient, people: SandboxClient) -> None:
    assert (await bot.chat_meMessage(channel="CCARE", text="waves"))["ok"]
    view = (await bot.views_publish(user_id="UANA", view={"type": "home", "blocks": [section("Hello")]}))["view"]
    assert (view["type"], view["root_view_id"]) == ("home", view["id"])
    home = await people.home("UANA")
    assert home
    assert home["lines"] == ["Hello"]
    assert await people.home("UBEN") is None
