"""What the contract's answers look like, for the OpenAPI document and the tests that hold them to it."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from coopbot.domain.event import Verdict
from coopbot.domain.lifecycle import State
from coopbot.domain.work_order import ReplyState
from coopbot.platforms.fields import Code, Instant


class Shown(BaseModel):
    """Of an answer: a new optional field may come."""

    model_config = ConfigDict(strict=True, extra="allow")


class At(Shown):
    path: str = Field(description="Dotted, `data.presets.0.code`; empty is the whole event.")
    detail: str


class Result(Shown):
    id: str
    status: Verdict
    reason: str | None = None
    errors: list[At] | None = None


class Results(Shown):
    results: list[Result]


class Problem(Shown):
    """RFC 9457."""

    type: str
    title: str
    status: int
    detail: str | None = None
    errors: list[At] | None = None
    results: list[Result] | None = None


class Clock(StrEnum):
    WORKING = "working"
    WALL = "wall"


class Sla(Shown):
    budget_s: int
    clock: Clock
    used_s: int
    left_s: int
    status: Literal["running", "paused", "met", "overdue"]
    met_at: Instant | None
    provisional: Annotated[bool, Field(description="Met, as long as the platform accepts the answer that it has.")]
    profile: str
    version: str


class Target(Shown):
    kind: Literal["claim", "answer", "after_rejection", "final"]
    due_at: Instant
    met_at: Instant | None
    standing: Literal["open", "overdue", "met", "late"]


class ShownReply(Shown):
    reply_id: str
    preset_code: str | None
    text: str
    by: str
    at: Instant
    state: ReplyState


class Item(Shown):
    work_order_no: Code
    shop_id: Code
    class_: str = Field(alias="class")
    scene: str
    state: State
    raised_at: Instant
    due_at: Instant
    claimed_by: str | None
    urged: int
    sla: Sla
    next_due: Target | None = Field(description="The open target that is due first.")
    targets: list[Target]
    replies: list[ShownReply]
    told_at: Instant | None


class Items(Shown):
    items: list[Item]
    next_cursor: str | None


class PassedOn(Shown):
    name: str
    url: str = Field(description="A signed link that expires; the same on every retry.")
    mime: str
    sha256: str
    size: int = Field(description="Bytes.")


class ReplyData(Shown):
    reply_id: str
    work_order_no: Code
    shop_id: Code
    preset_code: str | None
    text: str
    fields: dict[str, str]
    attachments: list[PassedOn]
    replied_by: str
    replied_at: Instant


class ReplyEvent(Shown):
    type: Literal["work_order.reply"]
    timestamp: Instant
    data: ReplyData


class ReplyResult(Shown):
    result: Literal["ok", "already_replied", "rejected"]
    reason: str | None = None
