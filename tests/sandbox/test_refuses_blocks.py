"""One case for each size, count and surface of Block Kit: what fits is taken, one more is refused, pointing at it."""

from __future__ import annotations

from typing import Any

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from coopbot.sandbox import SandboxClient
from tests.sandbox.conftest import button, field, modal, section

Case = tuple[str, Any, Any, str]


def text(length: int) -> dict[str, str]:
    return {"type": "plain_text", "text": "x" * length}


def options(count: int, **more: Any) -> list[dict[str, Any]]:
    return [{"text": text(5), "value": f"v{n}", **more} for n in range(count)]


def select(**more: Any) -> dict[str, Any]:
    return {"type": "static_select", "action_id": "s", "placeholder": text(5), "options": options(1)} | more


def actions(*elements: Any) -> dict[str, Any]:
    return {"type": "actions", "elements": list(elements)}


def confirm(**more: Any) -> dict[str, Any]:
    return {"title": text(5), "text": text(5), "confirm": text(5), "deny": text(5)} | more


def image(**more: Any) -> dict[str, Any]:
    return {"type": "image", "image_url": "https://example.com/a.png", "alt_text": "a"} | more


def table(rows: int, cells: int = 1) -> dict[str, Any]:
    return {"type": "table", "rows": [[{"type": "raw_text", "text": "c"}] * cells] * rows}


def card(**more: Any) -> dict[str, Any]:
    return {"type": "card", "title": text(5)} | more


def video(**more: Any) -> dict[str, Any]:
    urls = {"thumbnail_url": "https://example.com/t.png", "video_url": "https://example.com/v"}
    return {"type": "video", "title": text(5), "alt_text": "a", **urls} | more


def several(count: int, what: Any) -> list[Any]:
    return [dict(what) for _ in range(count)]


def buttons(count: int) -> list[dict[str, Any]]:
    return [button(action_id=f"a{n}") for n in range(count)]


def markup(length: int) -> dict[str, Any]:
    return {"type": "mrkdwn", "text": "x" * length}


B = "/blocks/0"
MESSAGES: list[Case] = [
    ("50 blocks", several(50, {"type": "divider"}), several(51, {"type": "divider"}), "/blocks"),
    ("section text", section("x" * 3000), section("x" * 3001), f"{B}/text/text"),
    ("a text has a character", section("x"), section(""), f"{B}/text/text"),
    ("10 fields", {"type": "section", "fields": several(10, text(1))}, {"type": "section", "fields": several(11, text(1))}, f"{B}/fields"),
    ("a field", {"type": "section", "fields": [text(2000)]}, {"type": "section", "fields": [text(2001)]}, f"{B}/fields/0/text"),
    ("header", {"type": "header", "text": text(150)}, {"type": "header", "text": text(151)}, f"{B}/text/text"),
    ("header is plain", {"type": "header", "text": text(1)}, {"type": "header", "text": markup(1)}, f"{B}/text/type"),
    ("button text", actions(button("x" * 75)), actions(button("x" * 76)), f"{B}/elements/0/text/text"),
    ("button value", actions(button(value="x" * 2000)), actions(button(value="x" * 2001)), f"{B}/elements/0/value"),
    ("button url", actions(button(url="x" * 3000)), actions(button(url="x" * 3001)), f"{B}/elements/0/url"),
    ("accessibility label", actions(button(accessibility_label="x" * 75)), actions(button(accessibility_label="x" * 76)), f"{B}/elements/0/accessibility_label"),
    ("agent prompt", actions(button(agent_prompt="x" * 4000)), actions(button(agent_prompt="x" * 4001)), f"{B}/elements/0/agent_prompt"),
    ("button style", actions(button(style="danger")), actions(button(style="green")), f"{B}/elements/0/style"),
    ("option text", actions(select(options=[{"text": text(75), "value": "v"}])), actions(select(options=[{"text": text(76), "value": "v"}])), f"{B}/elements/0/options/0/text/text"),
    ("option value", actions(select(options=[{"text": text(5), "value": "v" * 150}])), actions(select(options=[{"text": text(5), "value": "v" * 151}])), f"{B}/elements/0/options/0/value"),
    ("option description", actions(select(options=options(1, description=text(75)))), actions(select(options=options(1, description=text(76)))), f"{B}/elements/0/options/0/description/text"),
    ("option url", actions({"type": "overflow", "action_id": "o", "options": options(1, url="x" * 3000)}), actions({"type": "overflow", "action_id": "o", "options": options(1, url="x" * 3001)}), f"{B}/elements/0/options/0/url"),
    ("url only in overflow", actions(select()), actions(select(options=options(1, url="https://example.com"))), f"{B}/elements/0/options/0"),
    ("options", actions(select(options=options(100))), actions(select(options=options(101))), f"{B}/elements/0/options"),
    ("group label", actions(select(options=None, option_groups=[{"label": text(75), "options": options(1)}])), actions(select(options=None, option_groups=[{"label": text(76), "options": options(1)}])), f"{B}/elements/0/option_groups/0/label/text"),
    ("group options", actions(select(option_groups=[{"label": text(5), "options": options(100)}])), actions(select(option_groups=[{"label": text(5), "options": options(101)}])), f"{B}/elements/0/option_groups/0/options"),
    ("groups", actions(select(option_groups=several(100, {"label": text(5), "options": options(1)}))), actions(select(option_groups=several(101, {"label": text(5), "options": options(1)}))), f"{B}/elements/0/option_groups"),
    ("overflow options", actions({"type": "overflow", "options": options(5)}), actions({"type": "overflow", "options": options(6)}), f"{B}/elements/0/options"),
    ("overflow has one", actions({"type": "overflow", "options": options(1)}), actions({"type": "overflow", "options": []}), f"{B}/elements/0/options"),
    ("checkboxes", actions({"type": "checkboxes", "options": options(10)}), actions({"type": "checkboxes", "options": options(11)}), f"{B}/elements/0/options"),
    ("radio buttons", actions({"type": "radio_buttons", "options": options(10)}), actions({"type": "radio_buttons", "options": options(11)}), f"{B}/elements/0/options"),
    ("placeholder", actions(select(placeholder=text(150))), actions(select(placeholder=text(151))), f"{B}/elements/0/placeholder/text"),
    ("initial option", actions(select(initial_option=options(1)[0])), actions(select(initial_option=options(2)[1])), f"{B}/elements/0/initial_option"),
    ("25 actions", actions(*buttons(25)), actions(*buttons(26)), f"{B}/elements"),
    ("an action at least", actions(button()), actions(), f"{B}/elements"),
    ("context", {"type": "context", "elements": several(10, text(1))}, {"type": "context", "elements": several(11, text(1))}, f"{B}/elements"),
    ("no button in context", {"type": "context", "elements": [image()]}, {"type": "context", "elements": [button()]}, f"{B}/elements/0/type"),
    ("context actions", {"type": "context_actions", "elements": several(5, {"type": "icon_button", "icon": "trash", "text": text(1)})}, {"type": "context_actions", "elements": several(6, {"type": "icon_button", "icon": "trash", "text": text(1)})}, f"{B}/elements"),
    ("image url", image(image_url="x" * 3000), image(image_url="x" * 3001), f"{B}/image_url"),
    ("alt text", image(alt_text="x" * 2000), image(alt_text="x" * 2001), f"{B}/alt_text"),
    ("image title", image(title=text(2000)), image(title=text(2001)), f"{B}/title/text"),
    ("confirm title", actions(button(confirm=confirm(title=text(100)))), actions(button(confirm=confirm(title=text(101)))), f"{B}/elements/0/confirm/title/text"),
    ("confirm text", actions(button(confirm=confirm(text=text(300)))), actions(button(confirm=confirm(text=text(301)))), f"{B}/elements/0/confirm/text/text"),
    ("confirm yes", actions(button(confirm=confirm(confirm=text(30)))), actions(button(confirm=confirm(confirm=text(31)))), f"{B}/elements/0/confirm/confirm/text"),
    ("confirm no", actions(button(confirm=confirm(deny=text(30)))), actions(button(confirm=confirm(deny=text(31)))), f"{B}/elements/0/confirm/deny/text"),
    ("action_id", actions(button(action_id="x" * 255)), actions(button(action_id="x" * 256)), f"{B}/elements/0/action_id"),
    ("action_id once", actions(*buttons(2)), actions(button(), button()), f"{B}/elements/1/action_id"),
    ("block_id", section(block_id="x" * 255), section(block_id="x" * 256), f"{B}/block_id"),
    ("block_id once", [section(block_id="a"), section(block_id="b")], [section(block_id="a"), section(block_id="a")], "/blocks/1/block_id"),
    ("markdown", {"type": "markdown", "text": "x" * 12000}, {"type": "markdown", "text": "x" * 12001}, f"{B}/text"),
    ("markdown in all", several(2, {"type": "markdown", "text": "x" * 6000}), several(2, {"type": "markdown", "text": "x" * 6001}), "/blocks/1/text"),
    ("table rows", table(100), table(101), f"{B}/rows"),
    ("table cells", table(1, 20), table(1, 21), f"{B}/rows/0"),
    ("column settings", table(1) | {"column_settings": [{}] * 20}, table(1) | {"column_settings": [{}] * 21}, f"{B}/column_settings"),
    ("one table", [table(1)], [table(1), table(1)], "/blocks"),
    ("data table rows", {"type": "data_table", "rows": [[]] * 101}, {"type": "data_table", "rows": [[]] * 102}, f"{B}/rows"),
    ("data table page", {"type": "data_table", "rows": [[]] * 2, "page_size": 100}, {"type": "data_table", "rows": [[]] * 2, "page_size": 101}, f"{B}/page_size"),
    ("card title", card(title=text(150)), card(title=text(151)), f"{B}/title/text"),
    ("card subtitle", card(subtitle=text(150)), card(subtitle=text(151)), f"{B}/subtitle/text"),
    ("card body", card(body=text(200)), card(body=text(201)), f"{B}/body/text"),
    ("card subtext", card(subtext=text(200)), card(subtext=text(201)), f"{B}/subtext/text"),
    ("card buttons", card(actions=buttons(3)), card(actions=buttons(4)), f"{B}/actions"),
    ("carousel", {"type": "carousel", "elements": several(10, card())}, {"type": "carousel", "elements": several(11, card())}, f"{B}/elements"),
    ("container title", {"type": "container", "title": text(150), "child_blocks": [section()]}, {"type": "container", "title": text(151), "child_blocks": [section()]}, f"{B}/title/text"),
    ("container subtitle", {"type": "container", "title": text(5), "subtitle": text(150), "child_blocks": [section()]}, {"type": "container", "title": text(5), "subtitle": text(151), "child_blocks": [section()]}, f"{B}/subtitle/text"),
    ("container blocks", {"type": "container", "title": text(5), "child_blocks": several(10, section())}, {"type": "container", "title": text(5), "child_blocks": several(11, section())}, f"{B}/child_blocks"),
    ("video title", video(title=text(199)), video(title=text(200)), f"{B}/title/text"),
    ("video author", video(author_name="x" * 49), video(author_name="x" * 50), f"{B}/author_name"),
    ("no alert in a message", section(), {"type": "alert", "text": text(5)}, f"{B}/type"),
    ("no email input in a message", field(), field(kind="email_text_input"), f"{B}/element/type"),
    ("no rich text input in a message", field(), field(kind="rich_text_input"), f"{B}/element/type"),
    ("known block", section(), {"type": "paragraph"}, f"{B}/type"),
    ("known property", section(), section(colour="red"), B),
    ("known option property", actions(select()), actions(select(options=options(1, type="option"))), f"{B}/elements/0/options/0"),
    ("a section holds something", section(), {"type": "section"}, B),
]  # fmt: skip
V = "/view/blocks/0"
MODALS: list[Case] = [
    ("100 blocks", modal(*several(100, section())), modal(*several(101, section())), "/view/blocks"),
    ("a block at least", modal(section()), modal(blocks=[]), "/view/blocks"),
    ("title", modal(title=text(24)), modal(title=text(25)), "/view/title/text"),
    ("submit", modal(submit=text(24)), modal(submit=text(25)), "/view/submit/text"),
    ("close", modal(close=text(24)), modal(close=text(25)), "/view/close/text"),
    ("submit with an input", modal(field()), modal(field(), submit=None), "/view"),
    ("private metadata", modal(private_metadata="x" * 3000), modal(private_metadata="x" * 3001), "/view/private_metadata"),
    ("callback_id", modal(callback_id="x" * 255), modal(callback_id="x" * 256), "/view/callback_id"),
    ("external_id", modal(external_id="x" * 255), modal(external_id="x" * 256), "/view/external_id"),
    ("input label", modal(field() | {"label": text(2000)}), modal(field() | {"label": text(2001)}), f"{V}/label/text"),
    ("input hint", modal(field() | {"hint": text(2000)}), modal(field() | {"hint": text(2001)}), f"{V}/hint/text"),
    ("min_length", modal(field(min_length=3000)), modal(field(min_length=3001)), f"{V}/element/min_length"),
    ("max_length", modal(field(max_length=3000)), modal(field(max_length=3001)), f"{V}/element/max_length"),
    ("max_length is one", modal(field(max_length=1)), modal(field(max_length=0)), f"{V}/element/max_length"),
    ("max_files", modal(field(kind="file_input", max_files=10)), modal(field(kind="file_input", max_files=11)), f"{V}/element/max_files"),
    ("alert text", modal({"type": "alert", "text": text(200)}), modal({"type": "alert", "text": text(201)}), f"{V}/text/text"),
    ("no markdown in a modal", modal(section()), modal({"type": "markdown", "text": "x"}), f"{V}/type"),
    ("no table in a modal", modal(section()), modal(table(1)), f"{V}/type"),
    ("block_id once", modal(section(block_id="a"), section(block_id="b")), modal(section(block_id="a"), section(block_id="a")), "/view/blocks/1/block_id"),
    ("known property", modal(), modal(colour="red"), "/view"),
]  # fmt: skip
HOMES: list[Case] = [
    ("100 blocks", several(100, section()), several(101, section()), "/view/blocks"),
    ("no alert at home", [section()], [{"type": "alert", "text": text(5)}], f"{V}/type"),
    ("no file input at home", [section()], [field(kind="file_input")], f"{V}/element/type"),
    ("no datetimepicker at home", [section()], [actions({"type": "datetimepicker"})], f"{V}/elements/0/type"),
]


def refused_at(refused: pytest.ExceptionInfo[SlackApiError], error: str) -> list[str]:
    answer = refused.value.response
    assert answer["error"] == error
    messages = answer["response_metadata"]["messages"]
    assert all(m.startswith("[ERROR] ") for m in messages)
    return [m.rpartition("[json-pointer:")[2].rstrip("]") for m in messages]


def blocks(given: Any) -> list[Any]:
    return given if isinstance(given, list) else [given]


@pytest.mark.parametrize(("name", "fits", "refused", "pointer"), MESSAGES, ids=[c[0] for c in MESSAGES])
async def test_message(bot: AsyncWebClient, name: str, fits: Any, refused: Any, pointer: str) -> None:
    await bot.chat_postMessage(channel="CCARE", text="t", blocks=blocks(fits))
    with pytest.raises(SlackApiError) as no:
        await bot.chat_postMessage(channel="CCARE", text="t", blocks=blocks(refused))
    assert pointer in refused_at(no, "invalid_blocks")


@pytest.mark.parametrize(("name", "fits", "refused", "pointer"), MODALS, ids=[c[0] for c in MODALS])
async def test_modal(bot: AsyncWebClient, name: str, fits: Any, refused: Any, pointer: str) -> None:
    await bot.blocks_validate(view=fits)
    with pytest.raises(SlackApiError) as no:
        await bot.blocks_validate(view=refused)
    assert pointer in refused_at(no, "invalid_arguments")


@pytest.mark.parametrize(("name", "fits", "refused", "pointer"), HOMES, ids=[c[0] for c in HOMES])
async def test_home(bot: AsyncWebClient, name: str, fits: Any, refused: Any, pointer: str) -> None:
    await bot.views_publish(user_id="UANA", view={"type": "home", "blocks": fits})
    with pytest.raises(SlackApiError) as no:
        await bot.views_publish(user_id="UANA", view={"type": "home", "blocks": refused})
    assert pointer in refused_at(no, "invalid_arguments")


async def test_refused_call_changes_nothing(bot: AsyncWebClient, people: SandboxClient) -> None:
    with pytest.raises(SlackApiError):
        await bot.chat_postMessage(channel="CCARE", text="t", blocks=[{"type": "paragraph"}])
    assert await people.sees("UANA", "CCARE") == []
    (call,) = await people.journal(method="chat.postMessage")
    assert (call["ok"], call["error"], call["effect"]) == (False, "invalid_blocks", False)
