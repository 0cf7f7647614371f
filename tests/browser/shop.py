"""The app under the page in these tests: crates that can be claimed, noted on and listed."""

from __future__ import annotations

from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

JSON = dict[str, Any]

MANIFEST: JSON = {
    "display_information": {"name": "Crates"},
    "features": {
        "bot_user": {"display_name": "crates"},
        "app_home": {"home_tab_enabled": True, "messages_tab_enabled": True},
        "slash_commands": [{"command": "/crates", "description": "What is in store", "usage_hint": "list | help"}],
        "shortcuts": [
            {"name": "New crate", "type": "global", "callback_id": "new_crate", "description": "Makes one"},
            {"name": "Keep as crate", "type": "message", "callback_id": "keep", "description": "Keeps it"},
        ],
    },
    "oauth_config": {
        "scopes": {"bot": ["app_mentions:read", "channels:history", "chat:write", "commands", "im:write"]}
    },
    "settings": {"event_subscriptions": {"bot_events": ["app_home_opened"]}, "socket_mode_enabled": True},
}
DUE = 1_795_600_000
"""2026-11-25 17:46:40 in Shanghai, 04:46:40 in New York."""


def plain(text: str) -> JSON:
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str) -> JSON:
    return {"type": "mrkdwn", "text": text}


def button(label: str, action_id: str, **more: Any) -> JSON:
    return {"type": "button", "text": plain(label), "action_id": action_id, "value": "17", **more}


def card(owner: str = "nobody") -> list[JSON]:
    sure = {
        "title": plain("Ship it?"),
        "text": mrkdwn("Crate *17* leaves."),
        "confirm": plain("Ship"),
        "deny": plain("Wait"),
    }
    fields = [mrkdwn(f"*Due*\n<!date^{DUE}^{{time}}|17:46>"), mrkdwn(f"*Owner*\n{owner}")]
    return [
        {"type": "header", "text": plain("Crate 17")},
        {"type": "section", "fields": fields},
        {"type": "section", "text": mrkdwn("Says &lt;b&gt;*fragile*&lt;/b&gt; &amp; <@UANA>")},
        {"type": "context", "elements": [mrkdwn("Shelf `B-2`")]},
        {"type": "divider"},
        {
            "type": "actions",
            "block_id": "do",
            "elements": [
                button("Claim", "claim", style="primary"),
                button("Ship", "ship", confirm=sure),
                button("Note…", "note"),
                {
                    "type": "static_select",
                    "action_id": "size",
                    "placeholder": plain("Size"),
                    "options": [{"text": plain(one), "value": one.lower()} for one in ("Small", "Large")],
                },
            ],
        },
    ]


def note_modal() -> JSON:
    text = {"type": "plain_text_input", "action_id": "text", "multiline": True, "max_length": 40}
    tags = {
        "type": "multi_static_select",
        "action_id": "tags",
        "options": [{"text": plain(one), "value": one.lower()} for one in ("Heavy", "Wet", "Late")],
    }
    return {
        "type": "modal",
        "callback_id": "note",
        "title": plain("A note"),
        "submit": plain("Save"),
        "close": plain("Cancel"),
        "blocks": [
            {"type": "input", "block_id": "note", "label": plain("Note"), "element": text},
            {"type": "input", "block_id": "tags", "label": plain("Tags"), "optional": True, "element": tags},
            {"type": "actions", "block_id": "more", "elements": [button("Rules", "rules")]},
        ],
    }


def rules_modal() -> JSON:
    return {
        "type": "modal",
        "title": plain("Rules"),
        "blocks": [{"type": "section", "text": mrkdwn("Mind the shelf.")}],
    }


def home() -> JSON:
    refresh = {"type": "section", "text": mrkdwn("*3* crates in store"), "accessory": button("Refresh", "refresh")}
    return {"type": "home", "blocks": [{"type": "header", "text": plain("Your crates")}, refresh]}


def option(label: str) -> JSON:
    return {"text": plain(label), "value": label.lower()}


def gallery() -> list[JSON]:
    """Blocks and elements that messages may hold and the card does not."""
    two = [option("Left"), option("Right")]
    bullets = [{"type": "rich_text_section", "elements": [{"type": "text", "text": text}]} for text in ("one", "two")]
    picture = {"type": "image", "image_url": "https://pictures.invalid/crate.png", "alt_text": "a picture elsewhere"}
    rich = [
        {
            "type": "rich_text_section",
            "elements": [
                {"type": "text", "text": "Rich ", "style": {"bold": True}},
                {"type": "user", "user_id": "UBEN"},
            ],
        },
        {"type": "rich_text_list", "style": "bullet", "elements": bullets},
        {"type": "rich_text_quote", "elements": [{"type": "text", "text": "quoted"}]},
        {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": "x = 1"}]},
    ]
    rows = [["What", "Count"], ["Crates", "3"]]
    pickers = [
        {"type": "datepicker", "action_id": "date", "initial_date": "2026-11-24"},
        {"type": "timepicker", "action_id": "time", "initial_time": "14:30"},
        {"type": "datetimepicker", "action_id": "both", "initial_date_time": DUE},
    ]
    people = [
        {"type": "users_select", "action_id": "who", "placeholder": plain("Who")},
        {"type": "conversations_select", "action_id": "where", "placeholder": plain("Where")},
        {"type": "overflow", "action_id": "rest", "options": two},
    ]
    choices = [
        {"type": "checkboxes", "action_id": "checks", "options": two},
        {"type": "radio_buttons", "action_id": "radio", "options": two, "initial_option": two[0]},
    ]
    return [
        {"type": "section", "text": mrkdwn("*Bold* _slanted_ ~gone~ :eyes: <!here>"), "accessory": picture},
        {"type": "rich_text", "elements": rich},
        {"type": "markdown", "text": "## Heading\n**bold** [link](https://example.invalid)\n\n1. first\n2. second"},
        {"type": "table", "rows": [[{"type": "raw_text", "text": cell} for cell in row] for row in rows]},
        {"type": "actions", "elements": pickers},
        {"type": "actions", "elements": people},
        {"type": "actions", "elements": choices},
    ]


def app(client: AsyncWebClient) -> AsyncApp:
    """Handlers of every kind; ``app.saved`` collects what was submitted."""
    bolt = AsyncApp(client=client, ignoring_self_events_enabled=False)

    @bolt.action("claim")
    async def claim(ack: Any, body: Any, client: Any) -> None:
        await ack()
        where = {"channel": body["channel"]["id"], "ts": body["message"]["ts"]}
        await client.chat_update(**where, text="Crate 17", blocks=card(f"<@{body['user']['id']}>"))
        await client.chat_postMessage(channel=where["channel"], thread_ts=where["ts"], text="Claimed, _mind the step_.")

    @bolt.action("ship")
    async def ship(ack: Any, body: Any, client: Any) -> None:
        await ack()
        user, channel = body["user"]["id"], body["channel"]["id"]
        await client.chat_postEphemeral(channel=channel, user=user, text="Crate 17 is on its way.")

    @bolt.action("note")
    async def note(ack: Any, body: Any, client: Any) -> None:
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=note_modal())

    @bolt.action("rules")
    async def rules(ack: Any, body: Any, client: Any) -> None:
        await ack()
        await client.views_push(trigger_id=body["trigger_id"], view=rules_modal())

    @bolt.action("size")
    async def size(ack: Any, action: Any, respond: Any) -> None:
        await ack()
        await respond(f"Size {action['selected_option']['value']}", replace_original=False)

    @bolt.view("note")
    async def noted(ack: Any, body: Any, view: Any, client: Any) -> None:
        values = view["state"]["values"]
        text = values["note"]["text"]["value"]
        if "glass" not in text:
            await ack(response_action="errors", errors={"note": "Say what is in it."})
            return
        await ack()
        tags = [one["value"] for one in values["tags"]["tags"]["selected_options"]]
        await client.chat_postMessage(channel="CCARE", text=f"Note: {text} {tags}")

    @bolt.command("/crates")
    async def crates(ack: Any, command: Any) -> None:
        await ack(f"You asked: {command['text']}")

    @bolt.shortcut("new_crate")
    async def new_crate(ack: Any, body: Any, client: Any) -> None:
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=note_modal())

    @bolt.shortcut("keep")
    async def keep(ack: Any, body: Any, client: Any) -> None:
        await ack()
        await client.chat_postMessage(channel="CCARE", text=f"Kept: {body['message']['text']}")

    @bolt.event("app_home_opened")
    async def opened(event: Any, client: Any) -> None:
        await client.views_publish(user_id=event["user"], view=home())

    @bolt.action("refresh")
    async def refresh(ack: Any) -> None:
        await ack()

    return bolt
