"""What somebody did in Slack, read out of the payload once. Nothing in it is believed: ids are looked up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
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

    def order(self) -> OrderKey:
        return order_in(self.metadata)

    @property
    def first_input(self) -> str:
        """The block under which an error of the whole form is shown."""
        inputs = [str(block.get("block_id")) for block in self.blocks if block.get("type") == "input"]
        return inputs[0] if inputs else ""

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
        )


def order_in(text: str) -> OrderKey:
    """The order that a modal's metadata names; what follows a ``|`` is the handler's. Raises Refusal without one."""
    try:
        return OrderKey.parse(text.partition("|")[0])
    except ValueError:
        raise Refusal("unknown_order", order=text) from None
