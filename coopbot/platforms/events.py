"""Every event of the contract as a model: what validates is what the OpenAPI document shows (platform-api.md)."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from coopbot.platforms.fields import (
    Balance,
    Code,
    Count,
    Days,
    EventId,
    Instant,
    InstantOrDay,
    Line,
    Link,
    Money,
    Month,
    Points,
    Reason,
    Version,
    Words,
)

MOST_EVENTS = 500
"""In one array."""


class Strict(BaseModel):
    """No value is coerced; fields that we don't know are the platform's business and are kept as they came.

    ``null`` stands for an optional field that is absent.
    """

    model_config = ConfigDict(strict=True, extra="ignore", populate_by_name=False)


class Consumer(Strict):
    name: Line | None = None
    contact: Line | None = None


class Parcel(Strict):
    carrier: Line | None = None
    tracking_no: Line | None = None
    batch: Line | None = Field(
        default=None, description="What the courier took along at the same time: a pick-up, a waybill batch."
    )


class Attachment(Strict):
    name: Line
    url: Link
    mime: Line | None = None


class Preset(Strict):
    code: Code
    label: Annotated[str, Field(min_length=1, max_length=200)]
    requires: Annotated[list[Code], Field(max_length=20)] | None = Field(
        default=None, description="`description`, `attachment`, `promised_at`, or a named field."
    )


class Raised(Strict):
    work_order_no: Code
    shop_id: Code
    class_: Annotated[str, Field(alias="class", description="`crc` or `general`; profiles may add.", max_length=100)]
    kind: Literal["non_dispute", "dispute"]
    scene: Code
    content: Words
    raised_at: Instant
    version: Version | None = Field(default=1)
    merchant_type: Line | None = Field(default="POP_SOP")
    business_line: Line | None = None
    title: Line | None = None
    order_no: Line | None = None
    consumer: Consumer | None = None
    amount: Money | None = None
    product: Line | None = Field(
        default=None, description="What was bought: the item or SKU, as the platform names it."
    )
    parcel: Parcel | None = None
    attachments: Annotated[list[Attachment], Field(max_length=100)] | None = None
    presets: Annotated[list[Preset], Field(max_length=100)] | None = None
    due_at: Instant | None = Field(default=None, description="The platform's own deadline: wins over ours.")
    console_url: Link | None = None


class Urged(Strict):
    work_order_no: Code
    at: Instant
    count: Count | None = None


class ReplyJudged(Strict):
    work_order_no: Code
    reply_id: Code
    at: Instant
    reason: Reason | None = None


class AnsweredElsewhere(Strict):
    work_order_no: Code
    at: Instant
    by: Line | None = None
    text: Words | None = None


class Ended(Strict):
    work_order_no: Code
    at: Instant
    reason: Reason | None = None


class PenaltyIssued(Strict):
    penalty_no: Code
    shop_id: Code
    kind: Literal["warning", "points", "fine", "measure"]
    issued_at: Instant
    work_order_no: Code | None = None
    track: Line | None = None
    points: Points | None = None
    amount: Money | None = None
    settlement_month: Month | None = None
    measure: Reason | None = None
    days: Days | None = None
    appeal_until: InstantOrDay | None = None


class PenaltyRevoked(Strict):
    penalty_no: Code
    at: Instant
    reason: Reason | None = None


class Deduction(Strict):
    penalty_no: Code
    amount: Money


class SettlementPosted(Strict):
    shop_id: Code
    month: Month
    gross: Balance
    deductions: Annotated[list[Deduction], Field(max_length=10_000)]
    net: Balance


class DepositChanged(Strict):
    shop_id: Code
    at: Instant
    balance: Balance
    required: Balance
    top_up_by: InstantOrDay | None = None


class Envelope(Strict):
    """What every event has around its data."""

    type: Annotated[str, Field(min_length=1, max_length=100)]
    id: EventId | None = Field(
        default=None, description="Unique. Absent: the webhook-id, in an array webhook-id#index (from 0)."
    )
    timestamp: Instant
    data: dict[str, object]


MODELS: dict[str, type[Strict]] = {
    "work_order.raised": Raised,
    "work_order.urged": Urged,
    "work_order.reply_accepted": ReplyJudged,
    "work_order.reply_rejected": ReplyJudged,
    "work_order.answered_elsewhere": AnsweredElsewhere,
    "work_order.closed": Ended,
    "work_order.voided": Ended,
    "work_order.timed_out": Ended,
    "penalty.issued": PenaltyIssued,
    "penalty.revoked": PenaltyRevoked,
    "settlement.posted": SettlementPosted,
    "deposit.changed": DepositChanged,
}
