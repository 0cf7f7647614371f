"""What a person sees: markup, dates, names, blocks, badges, notifications, changes."""

from __future__ import annotations

from typing import Any

import pytest
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from coopbot.sandbox import SandboxClient
from coopbot.sandbox.client import SandboxError
from tests.sandbox.conftest import button, field, modal, section


def plain(text: str) -> dict[str, str]:
    return {"type": "plain_text", "text": text}


async def read(bot: AsyncWebClient, people: SandboxClient, text: str, viewer: str = "UBEN") -> str:
    await bot.chat_postMessage(channel="CCARE", text=text)
    return str((await people.sees(viewer, "CCARE"))[-1]["text"])


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("*bold* _it_ ~no~ `code`", "bold it no code"),
        ("a_b_c 2*3*4 snake_case_", "a_b_c 2*3*4 snake_case_"),
        ("```*as* it is```", "*as* it is"),
        ("&lt;b&gt; &amp;amp; &", "<b> &amp; &"),
        ("<@UANA> <#CCARE> <!subteam^SLEAD> <!here>", "@ana #care @leads @here"),
        ("<https://example.com|the *site*> <https://example.com>", "the *site* https://example.com"),
        ("<!date^1764000000^{date_num} {time}|x>", "2025-11-24 11:00 AM"),
        ("<!date^1764000000^{date_long}|x>", "Monday, November 24th, 2025"),
        ("<!date^nonsense^{time}|the &lt;fallback&gt;>", "the <fallback>"),
        ("<!date^1764000000^{unknown}|fallback>", "fallback"),
    ],
)
async def test_markup(bot: AsyncWebClient, people: SandboxClient, text: str, shown: str) -> None:
    assert await read(bot, people, text) == shown


async def test_dates_in_the_viewers_zone_and_language(bot: AsyncWebClient, people: SandboxClient) -> None:
    await people.clock(now=1764000000 + 86400, rate=0)
    text = "<!date^1764000000^{date_pretty} {time}|x> <!date^1764000000^{ago}|x>"
    assert await read(bot, people, text, "UANA") == "昨天 00:00 1天前"
    assert await read(bot, people, text, "UBEN") == "Yesterday 11:00 AM 1 day ago"


async def test_blocks_line_by_line(bot: AsyncWebClient, people: SandboxClient) -> None:
    option = {"text": plain("One & only"), "value": "1"}
    confirm = {n: plain(n) for n in ("title", "text", "confirm", "deny")}
    menu = {"type": "static_select", "action_id": "s", "placeholder": plain("Reply"), "options": [option]}
    overflow = {"type": "overflow", "action_id": "o", "options": [option]}
    claim = button("Claim", "claim", value="17", style="primary", confirm=confirm)
    words = [{"type": "text", "text": "hi "}, {"type": "user", "user_id": "UBEN"}]
    bullets = {
        "type": "rich_text_list",
        "style": "bullet",
        "elements": [{"type": "rich_text_section", "elements": words}],
    }
    blocks: list[dict[str, Any]] = [
        {"type": "header", "text": plain("Order *A-17*")},
        section("for <@UANA>", fields=[{"type": "mrkdwn", "text": "*Due*\n09:30"}], accessory=overflow),
        {"type": "divider"},
        {"type": "context", "elements": [{"type": "mrkdwn", "text": "since _today_"}, plain("&amp;")]},
        {"type": "actions", "block_id": "acts", "elements": [claim, menu]},
        {"type": "rich_text", "elements": [bullets]},
        {"type": "markdown", "text": "# Title\n**bold** [link](https://example.com)"},
        {"type": "table", "rows": [[{"type": "raw_text", "text": "a"}, {"type": "raw_text", "text": "b"}]]},
        {"type": "image", "image_url": "https://example.com/a.png", "alt_text": "a chart"},
    ]
    await bot.chat_postMessage(channel="CCARE", text="Order for <@UANA>", blocks=blocks)
    (message,) = await people.sees("UANA", "CCARE")
    assert message["lines"] == [
        "Order *A-17*", "for @ana", "Due 09:30", "[…]", "---", "since today &amp;", "[Claim] [Reply ▾]", "• hi @ben",
        "Title", "bold link", "a | b", "[image: a chart]",
    ]  # fmt: skip
    assert (message["fallback"], message["mentions_me"]) == ("Order for @ana", True)
    more, press, pick = message["actions"]
    assert (press["label"], press["block_id"], press["value"], press["style"]) == ("Claim", "acts", "17", "primary")
    assert press["confirm"] == {"title": "title", "text": "text", "confirm": "confirm", "deny": "deny"}
    assert pick["options"] == more["options"] == [{"label": "One & only", "value": "1"}]


async def test_who_is_notified_and_why(bot: AsyncWebClient, people: SandboxClient) -> None:
    async def told(**message: Any) -> dict[str, str]:
        since = await people.seq()
        await bot.chat_postMessage(channel="CCARE", **message)
        return {n["user"]: n["why"] for n in await people.notifications(since=since)}

    assert await told(text="nobody") == {}
    assert await told(text="<@UBEN> and <@UOUT>, who is not here") == {"UBEN": "mention"}
    assert await told(text="<!subteam^SLEAD>") == {"UANA": "usergroup"}
    assert await told(text="<!here>") == {"UANA": "here", "UBEN": "here"}
    assert await told(text="<!channel> <@UANA>") == {"UANA": "mention", "UBEN": "channel"}
    assert await told(text="<@UANA>", blocks=[section("for <@UBEN>")]) == {"UBEN": "mention"}
    assert await told(text="x", blocks=[section("&lt;@UBEN&gt; &lt;!here&gt;")]) == {}
    parent = await people.says("UANA", "CCARE", "a question")
    assert await told(text="an answer", thread_ts=parent) == {"UANA": "thread"}
    assert await told(text="<!channel>", thread_ts=parent) == {"UANA": "channel"}
    since = await people.seq()
    ts = (await bot.chat_postMessage(channel="CCARE", text="quiet"))["ts"]
    await bot.chat_update(channel="CCARE", ts=ts, text="<@UBEN> is not told by an edit")
    assert await people.notifications(since=since) == []


async def test_badges_until_read(bot: AsyncWebClient, people: SandboxClient) -> None:
    await bot.chat_postMessage(channel="CCARE", text="one")
    await bot.chat_postMessage(channel="CCARE", text="<@UANA>")

    async def badge() -> tuple[int, int]:
        (care,) = [c for c in await people.conversations("UANA") if c["id"] == "CCARE"]
        return care["unread"], care["mentions"]

    assert await badge() == (2, 1)
    await people.act("UANA", "reads", channel="CCARE")
    assert await badge() == (0, 0)


async def test_new_tells_what_changed_since(bot: AsyncWebClient, people: SandboxClient) -> None:
    old = (await bot.chat_postMessage(channel="CCARE", text="old"))["ts"]
    gone = (await bot.chat_postMessage(channel="CCARE", text="gone"))["ts"]
    mark = await people.seq()
    assert await people.new("UANA", mark) == []
    reply = (await bot.chat_postMessage(channel="CCARE", text="reply", thread_ts=old))["ts"]
    await bot.chat_update(channel="CCARE", ts=old, text="older")
    await bot.chat_delete(channel="CCARE", ts=gone)
    await bot.chat_postEphemeral(channel="CCARE", user="UBEN", text="for Ben")
    found = [(m["ts"], m["change"]) for m in await people.new("UANA", mark)]
    assert found == [(reply, "new"), (old, "edited"), (gone, "deleted")]
    assert [m["text"] for m in await people.new("UBEN", mark, "CCARE")][-1] == "for Ben"


async def test_threads_stand_under_their_parent(bot: AsyncWebClient, people: SandboxClient) -> None:
    ts = await people.says("UANA", "CCARE", "p")
    await people.says("UBEN", "CCARE", "quiet", ts)
    await people.says("UBEN", "CCARE", "loud", ts, broadcast=True)
    parent, loud = await people.sees("UANA", "CCARE")
    assert [r["text"] for r in parent["replies"]] == ["quiet", "loud"]
    assert (loud["text"], loud["broadcast"], loud["thread_ts"]) == ("loud", True, ts)
    assert [m["text"] for m in await people.sees("UANA", "CCARE", ts)] == ["p", "quiet", "loud"]


async def test_wait_returns_when_something_happens(bot: AsyncWebClient, people: SandboxClient) -> None:
    mark = await people.seq()
    assert await people.wait(mark, 0.01) == mark
    await bot.chat_postMessage(channel="CCARE", text="t")
    assert await people.wait(mark) > mark


async def test_what_a_person_cannot_do(bot: AsyncWebClient, people: SandboxClient) -> None:
    ts = (await bot.chat_postMessage(channel="CCARE", text="t"))["ts"]
    for act, status, error in (
        (people.says("UNONE", "CCARE", "x"), 404, "user_not_found"),
        (people.says("UOUT", "CCARE", "x"), 409, "not_in_channel"),
        (people.says("UANA", "COLD", "x"), 409, "is_archived"),
        (people.clicks("UANA", "press", channel="CCARE", ts=ts), 409, "no_such_action"),
        (people.clicks("UANA", "press", channel="CCARE", ts="1.000000"), 404, "message_not_found"),
        (people.commands("UANA", "CCARE", "/none"), 409, "command_not_found"),
        (people.submits("UANA"), 404, "view_not_found"),
        (people.sees("UBEN", "CSECRET"), 409, "not_in_channel"),
        (people.act("UANA", "sings"), 404, "act_not_found"),
        (people.act("UANA", "says", channel="CCARE"), 400, "bad_request"),
        (people.clock(rate=-1), 400, "bad_request"),
        (people.fault("earthquake"), 400, "unknown_fault"),
    ):
        with pytest.raises(SandboxError) as no:
            await act
        assert (no.value.status, no.value.error) == (status, error)


async def test_choices_are_kept_and_told(bot: AsyncWebClient, people: SandboxClient) -> None:
    options = [{"text": {"type": "plain_text", "text": t}, "value": t.lower()} for t in ("One", "Two")]
    elements = [
        {"type": "static_select", "action_id": "menu", "options": options},
        {"type": "datepicker", "action_id": "day"},
        {"type": "checkboxes", "action_id": "boxes", "options": options},
        {"type": "overflow", "action_id": "more", "options": options},
        {"type": "users_select", "action_id": "who"},
    ]
    posted = await bot.chat_postMessage(channel="CCARE", text="t", blocks=[{"type": "actions", "elements": elements}])
    where = {"channel": "CCARE", "ts": posted["ts"]}
    await people.clicks("UANA", "menu", value="two", **where)
    await people.clicks("UANA", "day", date="2026-11-23", **where)
    await people.clicks("UANA", "boxes", values=["one", "Two"], **where)
    await people.clicks("UANA", "more", value="one", **where)
    await people.clicks("UANA", "who", user="UBEN", **where)
    sent = [d["payload"]["actions"][0] for d in await people.deliveries(kind="action")]
    assert sent[0]["selected_option"]["value"] == "two"
    assert sent[1]["selected_date"] == "2026-11-23"
    assert [o["value"] for o in sent[2]["selected_options"]] == ["one", "two"]
    assert (sent[3]["selected_option"]["value"], sent[4]["selected_user"]) == ("one", "UBEN")
    (message,) = await people.sees("UANA", "CCARE")
    assert [a["selected"] for a in message["actions"]] == ["two", "2026-11-23", ["one", "two"], None, "UBEN"]
    with pytest.raises(SandboxError, match="no_such_option"):
        await people.clicks("UANA", "menu", value="three", **where)


async def test_confirm_can_be_cancelled(bot: AsyncWebClient, people: SandboxClient) -> None:
    confirm = {n: {"type": "plain_text", "text": n} for n in ("title", "text", "confirm", "deny")}
    blocks = [{"type": "actions", "elements": [button(confirm=confirm)]}]
    ts = (await bot.chat_postMessage(channel="CCARE", text="t", blocks=blocks))["ts"]
    since = await people.seq()
    done = await people.clicks("UANA", "press", channel="CCARE", ts=ts, confirm=False)
    assert (done["acked"], done["cancelled"]) == (None, True)
    assert await people.deliveries(since, "action") == []


async def test_typing_with_dispatch_and_closing(bot: AsyncWebClient, people: SandboxClient) -> None:
    await people.shortcuts("UANA", "new_till")
    trigger = (await people.deliveries(kind="shortcut"))[0]["payload"]["trigger_id"]
    each = {"dispatch_action_config": {"trigger_actions_on": ["on_character_entered"]}}
    blocks = [field(), field("d", "d", **each) | {"dispatch_action": True}, field("e", "e") | {"dispatch_action": True}]
    await bot.views_open(trigger_id=trigger, view=modal(*blocks, notify_on_close=True, private_metadata="17"))
    since = await people.seq()
    await people.types("UANA", "a", "quiet")
    await people.types("UANA", "d", "loud")
    await people.types("UANA", "e", "not yet")
    (told,) = await people.deliveries(since, "action")
    assert told["payload"]["actions"][0]["value"] == "loud"
    assert told["payload"]["view"]["state"]["values"]["b"]["a"]["value"] == "quiet"
    (view,) = await people.views("UANA")
    assert [f["value"] for f in view["fields"]] == ["quiet", "loud", "not yet"]
    await people.types("UANA", "e", "now", enter=True)
    assert (await people.deliveries(since, "action"))[1]["payload"]["actions"][0]["value"] == "now"
    await people.closes("UANA")
    (closed,) = await people.deliveries(since, "view")
    assert (closed["payload"]["type"], closed["payload"]["view"]["private_metadata"]) == ("view_closed", "17")
    assert closed["payload"]["view"]["state"] == {"values": {}}
    assert await people.views("UANA") == []


async def test_reset_brings_back_the_beginning(bot: AsyncWebClient, people: SandboxClient) -> None:
    await bot.chat_postMessage(channel="CCARE", text="t")
    await people.reset()
    assert await people.sees("UANA", "CCARE") == []
    assert (await bot.chat_postMessage(channel="CCARE", text="t"))["ok"]


async def test_submission_brings_an_address_for_the_channel_chosen(bot: AsyncWebClient, people: SandboxClient) -> None:
    await people.shortcuts("UANA", "new_till")
    trigger = (await people.deliveries(kind="shortcut"))[0]["payload"]["trigger_id"]
    where = field("where", "where", "conversations_select", response_url_enabled=True)
    await bot.views_open(trigger_id=trigger, view=modal(where))
    await people.submits("UANA", {"where": "CCARE"})
    (address,) = (await people.deliveries(kind="view"))[0]["payload"]["response_urls"]
    assert address["channel_id"] == "CCARE"
    assert (await AsyncWebhookClient(address["response_url"]).send(text="there")).body == "ok"
    assert [m["text"] for m in await people.sees("UANA", "CCARE")] == ["there"]
