"""One case for each size, count and surface of Block Kit: what fits is taken, one more is refused, pointing at it."""

from __future__ import annotations

from collections.abc import Callable
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


def most(name: str, number: int, make: Callable[[int], Any], pointer: str) -> Case:
    """``number`` of it are taken, one more is refused."""
    return name, make(number), make(number + 1), pointer


def least(name: str, number: int, make: Callable[[int], Any], pointer: str) -> Case:
    return name, make(number), make(number - 1), pointer


def pressable(**more: Any) -> dict[str, Any]:
    return actions(button(**more))


def menu(**more: Any) -> dict[str, Any]:
    return actions(select(**more))


def group(label: int = 5, count: int = 1) -> dict[str, Any]:
    return {"label": text(label), "options": options(count)}


def choice(kind: str, count: int, **more: Any) -> dict[str, Any]:
    return actions({"type": kind, "options": options(count, **more)})


def fields(count: int, length: int = 1) -> dict[str, Any]:
    return {"type": "section", "fields": several(count, text(length))}


def header(part: Any) -> dict[str, Any]:
    return {"type": "header", "text": part}


def markdown(length: int) -> dict[str, Any]:
    return {"type": "markdown", "text": "x" * length}


def context(*elements: Any) -> dict[str, Any]:
    return {"type": "context", "elements": list(elements)}


def icons(count: int) -> dict[str, Any]:
    icon = {"type": "icon_button", "icon": "trash", "text": text(1)}
    return {"type": "context_actions", "elements": several(count, icon)}


def container(**more: Any) -> dict[str, Any]:
    return {"type": "container", "title": text(5), "child_blocks": [section()]} | more


def data_table(rows: int, **more: Any) -> dict[str, Any]:
    return {"type": "data_table", "rows": [[]] * rows} | more


def alert(length: int) -> dict[str, Any]:
    return {"type": "alert", "text": text(length)}


B = "/blocks/0"
E = f"{B}/elements/0"
MESSAGES: list[Case] = [
    most("blocks", 50, lambda n: several(n, {"type": "divider"}), "/blocks"),
    most("section text", 3000, lambda n: section("x" * n), f"{B}/text/text"),
    least("a text has a character", 1, lambda n: section("x" * n), f"{B}/text/text"),
    most("fields", 10, fields, f"{B}/fields"),
    most("a field", 2000, lambda n: fields(1, n), f"{B}/fields/0/text"),
    most("header", 150, lambda n: header(text(n)), f"{B}/text/text"),
    ("header is plain", header(text(1)), header(markup(1)), f"{B}/text/type"),
    most("button text", 75, lambda n: pressable(label="x" * n), f"{E}/text/text"),
    most("button value", 2000, lambda n: pressable(value="x" * n), f"{E}/value"),
    most("button url", 3000, lambda n: pressable(url="x" * n), f"{E}/url"),
    most("accessibility label", 75, lambda n: pressable(accessibility_label="x" * n), f"{E}/accessibility_label"),
    most("agent prompt", 4000, lambda n: pressable(agent_prompt="x" * n), f"{E}/agent_prompt"),
    ("button style", pressable(style="danger"), pressable(style="green"), f"{E}/style"),
    most("option text", 75, lambda n: menu(options=[{"text": text(n), "value": "v"}]), f"{E}/options/0/text/text"),
    most("option value", 150, lambda n: menu(options=[{"text": text(5), "value": "v" * n}]), f"{E}/options/0/value"),
    most(
        "option description",
        75,
        lambda n: menu(options=options(1, description=text(n))),
        f"{E}/options/0/description/text",
    ),
    most("option url", 3000, lambda n: choice("overflow", 1, url="x" * n), f"{E}/options/0/url"),
    ("url only in overflow", menu(), menu(options=options(1, url="https://example.com")), f"{E}/options/0"),
    most("options", 100, lambda n: menu(options=options(n)), f"{E}/options"),
    most("group label", 75, lambda n: menu(option_groups=[group(n)]), f"{E}/option_groups/0/label/text"),
    most("group options", 100, lambda n: menu(option_groups=[group(5, n)]), f"{E}/option_groups/0/options"),
    most("groups", 100, lambda n: menu(option_groups=several(n, group())), f"{E}/option_groups"),
    most("overflow options", 5, lambda n: choice("overflow", n), f"{E}/options"),
    least("overflow has one", 1, lambda n: choice("overflow", n), f"{E}/options"),
    most("checkboxes", 10, lambda n: choice("checkboxes", n), f"{E}/options"),
    least("a checkbox at least", 1, lambda n: choice("checkboxes", n), f"{E}/options"),
    most("radio buttons", 10, lambda n: choice("radio_buttons", n), f"{E}/options"),
    most("placeholder", 150, lambda n: menu(placeholder=text(n)), f"{E}/placeholder/text"),
    (
        "initial option",
        menu(initial_option=options(1)[0]),
        menu(initial_option=options(2)[1]),
        f"{E}/initial_option",
    ),
    most("actions", 25, lambda n: actions(*buttons(n)), f"{B}/elements"),
    least("an action at least", 1, lambda n: actions(*buttons(n)), f"{B}/elements"),
    most("context", 10, lambda n: context(*several(n, text(1))), f"{B}/elements"),
    ("no button in context", context(image()), context(button()), f"{E}/type"),
    most("context actions", 5, icons, f"{B}/elements"),
    most("image url", 3000, lambda n: image(image_url="x" * n), f"{B}/image_url"),
    most("alt text", 2000, lambda n: image(alt_text="x" * n), f"{B}/alt_text"),
    most("image title", 2000, lambda n: image(title=text(n)), f"{B}/title/text"),
    most("confirm title", 100, lambda n: pressable(confirm=confirm(title=text(n))), f"{E}/confirm/title/text"),
    most("confirm text", 300, lambda n: pressable(confirm=confirm(text=text(n))), f"{E}/confirm/text/text"),
    most("confirm yes", 30, lambda n: pressable(confirm=confirm(confirm=text(n))), f"{E}/confirm/confirm/text"),
    most("confirm no", 30, lambda n: pressable(confirm=confirm(deny=text(n))), f"{E}/confirm/deny/text"),
    most("action_id", 255, lambda n: pressable(action_id="x" * n), f"{E}/action_id"),
    ("action_id once", actions(*buttons(2)), actions(button(), button()), f"{B}/elements/1/action_id"),
    most("block_id", 255, lambda n: section(block_id="x" * n), f"{B}/block_id"),
    (
        "block_id once",
        [section(block_id="a"), section(block_id="b")],
        [section(block_id="a"), section(block_id="a")],
        "/blocks/1/block_id",
    ),
    most("markdown", 12_000, markdown, f"{B}/text"),
    most("markdown in all", 6000, lambda n: several(2, markdown(n)), "/blocks/1/text"),
    most("table rows", 100, table, f"{B}/rows"),
    most("table cells", 20, lambda n: table(1, n), f"{B}/rows/0"),
    most("column settings", 20, lambda n: table(1) | {"column_settings": [{}] * n}, f"{B}/column_settings"),
    most("tables", 1, lambda n: several(n, table(1)), "/blocks"),
    most("data table rows", 101, data_table, f"{B}/rows"),
    least("data table has two rows", 2, data_table, f"{B}/rows"),
    most("data table page", 100, lambda n: data_table(2, page_size=n), f"{B}/page_size"),
    most("card title", 150, lambda n: card(title=text(n)), f"{B}/title/text"),
    most("card subtitle", 150, lambda n: card(subtitle=text(n)), f"{B}/subtitle/text"),
    most("card body", 200, lambda n: card(body=text(n)), f"{B}/body/text"),
    most("card subtext", 200, lambda n: card(subtext=text(n)), f"{B}/subtext/text"),
    most("card buttons", 3, lambda n: card(actions=buttons(n)), f"{B}/actions"),
    most("carousel", 10, lambda n: {"type": "carousel", "elements": several(n, card())}, f"{B}/elements"),
    most("container title", 150, lambda n: container(title=text(n)), f"{B}/title/text"),
    most("container subtitle", 150, lambda n: container(subtitle=text(n)), f"{B}/subtitle/text"),
    most("container blocks", 10, lambda n: container(child_blocks=several(n, section())), f"{B}/child_blocks"),
    most("video title", 199, lambda n: video(title=text(n)), f"{B}/title/text"),
    most("video author", 49, lambda n: video(author_name="x" * n), f"{B}/author_name"),
    most("charts", 2, lambda n: several(n, {"type": "data_visualization"}), "/blocks"),
    ("no alert in a message", section(), alert(5), f"{B}/type"),
    ("no email input in a message", field(), field(kind="email_text_input"), f"{B}/element/type"),
    ("no rich text input in a message", field(), field(kind="rich_text_input"), f"{B}/element/type"),
    ("known block", section(), {"type": "paragraph"}, f"{B}/type"),
    ("known property", section(), section(colour="red"), B),
    ("known option property", menu(), menu(options=options(1, type="option")), f"{E}/options/0"),
    ("a section holds something", section(), {"type": "section"}, B),
]
V = "/view/blocks/0"
MODALS: list[Case] = [
    most("blocks", 100, lambda n: modal(*several(n, section())), "/view/blocks"),
    least("a block at least", 1, lambda n: modal(blocks=several(n, section())), "/view/blocks"),
    most("title", 24, lambda n: modal(title=text(n)), "/view/title/text"),
    most("submit", 24, lambda n: modal(submit=text(n)), "/view/submit/text"),
    most("close", 24, lambda n: modal(close=text(n)), "/view/close/text"),
    ("submit with an input", modal(field()), modal(field(), submit=None), "/view"),
    most("private metadata", 3000, lambda n: modal(private_metadata="x" * n), "/view/private_metadata"),
    most("callback_id", 255, lambda n: modal(callback_id="x" * n), "/view/callback_id"),
    most("external_id", 255, lambda n: modal(external_id="x" * n), "/view/external_id"),
    most("input label", 2000, lambda n: modal(field() | {"label": text(n)}), f"{V}/label/text"),
    most("input hint", 2000, lambda n: modal(field() | {"hint": text(n)}), f"{V}/hint/text"),
    most("min_length", 3000, lambda n: modal(field(min_length=n)), f"{V}/element/min_length"),
    most("max_length", 3000, lambda n: modal(field(max_length=n)), f"{V}/element/max_length"),
    least("max_length is one", 1, lambda n: modal(field(max_length=n)), f"{V}/element/max_length"),
    most("max_files", 10, lambda n: modal(field(kind="file_input", max_files=n)), f"{V}/element/max_files"),
    least("a file at least", 1, lambda n: modal(field(kind="file_input", max_files=n)), f"{V}/element/max_files"),
    most("alert text", 200, lambda n: modal(alert(n)), f"{V}/text/text"),
    ("no markdown in a modal", modal(section()), modal(markdown(1)), f"{V}/type"),
    ("no table in a modal", modal(section()), modal(table(1)), f"{V}/type"),
    (
        "block_id once",
        modal(section(block_id="a"), section(block_id="b")),
        modal(section(block_id="a"), section(block_id="a")),
        "/view/blocks/1/block_id",
    ),
    ("known property", modal(), modal(colour="red"), "/view"),
]
HOMES: list[Case] = [
    most("blocks", 100, lambda n: several(n, section()), "/view/blocks"),
    least("a block at least", 1, lambda n: several(n, section()), "/view/blocks"),
    ("no alert at home", [section()], [alert(5)], f"{V}/type"),
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
