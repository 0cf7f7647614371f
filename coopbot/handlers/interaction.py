"""What somebody did in Slack, read out of the payload once. Nothing in it is believed: ids are looked up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from coopbot.domain.work_order import OrderKey
from coopbot.errors import Refusal
from coopbot.views.ids import Click as Pressed
from coopbot.views.ids import read_click


@dataclass(frozen=True)
class Click:
    """A block action on a card, in a menu or in a modal."""

    user: str
    user_name: str
    action_id: str
    pressed: Pressed
    action_ts: str
    trigger_id: str = ""
    response_url: str = ""
    view_id: str = ""
    metadata: str = ""
    """Of the modal in which it was done, if it was in one."""
    team: str = ""
    """The workspace of who did it; empty where Slack does not say."""
    value: str = ""
    """The button's, or that of the option that was chosen."""

    @property
    def once(self) -> str:
        """Identity of the click: Slack may deliver it twice (slack.md C1)."""
        return f"click:{self.action_ts}:{self.user}:{self.action_id}"

    def order(self) -> OrderKey:
        """The order that the button belongs to. Raises Refusal for a value that names none."""
        if self.metadata:
            return order_in(self.metadata)
        if self.pressed.order is None:
            raise Refusal("unknown_order", order="")
        return self.pressed.order

    @classmethod
    def of(cls, body: Mapping[str, Any]) -> Click:
        action = (body.get("actions") or [{}])[0]
        user, view = body.get("user") or {}, body.get("view") or {}
        try:
            pressed = read_click(action)
        except ValueError:
            pressed = Pressed(str(action.get("action_id") or ""))
        return cls(
            user=str(user.get("id") or ""),
            user_name=str(user.get("name") or user.get("username") or ""),
            action_id=str(action.get("action_id") or ""),
            pressed=pressed,
            action_ts=str(action.get("action_ts") or ""),
            trigger_id=str(body.get("trigger_id") or ""),
            response_url=str(body.get("response_url") or ""),
            view_id=str(view.get("root_view_id") or view.get("id") or ""),
            metadata=str(view.get("private_metadata") or ""),
            team=_team_of(user),
            value=str(action.get("value") or (action.get("selected_option") or {}).get("value") or ""),
        )


@dataclass(frozen=True)
class Shortcut:
    """A shortcut out of a message's menu, with the message."""

    user: str
    callback_id: str
    channel: str
    thread: str
    """ts of the message above it; empty for one that stands in the channel itself."""
    text: str
    """As Slack writes it: mrkdwn."""
    by_person: bool
    trigger_id: str = ""
    response_url: str = ""
    team: str = ""

    @classmethod
    def of(cls, body: Mapping[str, Any]) -> Shortcut:
        user, message = body.get("user") or {}, body.get("message") or {}
        thread, ts = str(message.get("thread_ts") or ""), str(message.get("ts") or "")
        return cls(
            user=str(user.get("id") or ""),
            callback_id=str(body.get("callback_id") or ""),
            channel=str((body.get("channel") or {}).get("id") or ""),
            thread="" if thread == ts else thread,
            text=str(message.get("text") or ""),
            by_person=bool(message.get("user")) and not message.get("bot_id") and not message.get("subtype"),
            trigger_id=str(body.get("trigger_id") or ""),
            response_url=str(body.get("response_url") or ""),
            team=_team_of(user),
        )


@dataclass(frozen=True)
class Submission:
    """A modal that was submitted."""

    user: str
    callback_id: str
    view_id: str
    metadata: str
    values: Mapping[str, Any]
    blocks: tuple[Mapping[str, Any], ...] = ()
    team: str = ""
    view: Mapping[str, Any] = field(default_factory=dict)
    """The modal itself, as Slack gave it back."""

    @property
    def below(self) -> str:
        """The modal that this one was pushed onto; empty for the first."""
        return str(self.view.get("previous_view_id") or "")

    def order(self) -> OrderKey:
        return order_in(self.metadata)

    def input(self, block: str) -> str:
        """The input at which an error about ``block`` is shown: the first where the form has no such input."""
        inputs = [str(each.get("block_id")) for each in self.blocks if each.get("type") == "input"]
        named = (each for each in inputs if block and block in (each, each.partition("|")[0]))
        return next(named, next(iter(inputs), ""))

    @classmethod
    def of(cls, body: Mapping[str, Any]) -> Submission:
        view = body.get("view") or {}
        return cls(
            user=str((body.get("user") or {}).get("id") or ""),
            callback_id=str(view.get("callback_id") or ""),
            view_id=str(view.get("root_view_id") or view.get("id") or ""),
            metadata=str(view.get("private_metadata") or ""),
            values=(view.get("state") or {}).get("values") or {},
            blocks=tuple(view.get("blocks") or ()),
            team=_team_of(body.get("user") or {}),
            view=view,
        )


def _team_of(user: Mapping[str, Any]) -> str:
    """The workspace that a person belongs to, which in a shared channel need not be ours."""
    return str(user.get("team_id") or "")


def order_in(text: str) -> OrderKey:
    """The order that a modal's metadata names; what follows a ``|`` is the handler's. Raises Refusal without one."""
    try:
        return OrderKey.parse(text.partition("|")[0])
    except ValueError:
        raise Refusal("unknown_order", order=text) from None
