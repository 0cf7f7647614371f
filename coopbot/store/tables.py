"""Every table on one page. Rows never leave this folder; each carries the workspace (tenant) that it belongs to.

``table=True`` rows do not validate, so that the database does: CHECK constraints say what is legal, unique ones say
"once" (house.md rule 12), partial indexes keep the scans that run all day as small as what is owed or due.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from enum import Enum
from typing import Any, ClassVar, cast

from sqlalchemy import CheckConstraint, Column, Index, LargeBinary, MetaData, Table, Text, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from coopbot.domain.event import Standing
from coopbot.domain.intent import Lane
from coopbot.domain.ledger import PenaltyKind, PenaltyState
from coopbot.domain.lifecycle import State
from coopbot.store.columns import BigId, Json, UtcDateTime

STORED_STATES = tuple(state for state in State if state is not State.OVERDUE)
"""``overdue`` follows from the due time and the clock; it is never stored (rule 5)."""

PENDING, LEASED, SENT, DROPPED, PARKED = OUTBOX_STATES = ("pending", "leased", "sent", "dropped", "parked")


class Row(SQLModel):
    metadata: ClassVar[MetaData] = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


def _id() -> Any:
    return Field(default=None, sa_column=Column(BigId, primary_key=True, autoincrement=True))


def _workspace() -> Any:
    return Field(default=1, foreign_key="workspace.id")


def _at(**kwargs: Any) -> Any:
    return Field(sa_type=cast(Any, UtcDateTime), **kwargs)


def _json() -> Any:
    return Field(sa_column=Column(Json, nullable=False))


def _long() -> Any:
    return Field(default="", sa_column=Column(Text, nullable=False))


def _one_of(column: str, values: Iterable[str | Enum]) -> CheckConstraint:
    listed = ", ".join(f"'{value.value if isinstance(value, Enum) else value}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=column)


def _partial(name: str, *columns: str, where: str, unique: bool = False) -> Index:
    return Index(name, *columns, unique=unique, sqlite_where=text(where), postgresql_where=text(where))


class WorkspaceRow(Row, table=True):
    """A tenant. Row 1 is the one that this installation serves."""

    __tablename__ = "workspace"
    id: int = _id()
    name: str


class OrderRow(Row, table=True):
    """An order's identity and birth, and the index that queries find it by; the truth is its log."""

    __tablename__ = "work_order"
    __table_args__ = (
        UniqueConstraint("workspace", "connection", "number"),
        _one_of("state", STORED_STATES),
        CheckConstraint("number <> ''", name="number"),
        Index("ix_work_order_page", "workspace", "connection", "due_at", "number"),
        _partial("ix_work_order_look", "workspace", "next_look_at", where="next_look_at IS NOT NULL"),
        _partial(
            "ix_work_order_unfinished",
            "workspace",
            "channel",
            "due_at",
            where="state IN ('open', 'claimed', 'replied')",
        ),
        _partial(
            "ix_work_order_untold",
            "workspace",
            "received_at",
            where="told_at IS NULL AND state IN ('open', 'claimed', 'replied')",
        ),
        _partial("ix_work_order_card", "workspace", "channel", "card_ts", where="card_ts <> ''"),
        _partial(
            "ix_work_order_kin_consumer",
            "workspace",
            "kin_consumer",
            where="kin_consumer <> ''",
        ),
        _partial(
            "ix_work_order_kin_subject",
            "workspace",
            "kin_subject",
            where="kin_subject <> ''",
        ),
        _partial(
            "ix_work_order_kin_batch",
            "workspace",
            "kin_batch",
            where="kin_batch <> ''",
        ),
        _partial(
            "ix_work_order_promise_owner",
            "workspace",
            "promise_owner",
            "promise_due_at",
            where="promise_due_at IS NOT NULL",
        ),
        _partial(
            "ix_work_order_promise_channel",
            "workspace",
            "channel",
            "promise_due_at",
            where="promise_due_at IS NOT NULL",
        ),
        _partial("ix_work_order_promised", "workspace", "kin_consumer", where="promised_at IS NOT NULL"),
        _partial(
            "ix_work_order_differs",
            "workspace",
            where="due_differs AND state IN ('open', 'claimed', 'replied')",
        ),
    )
    id: int = _id()
    workspace: int = _workspace()
    connection: str
    number: str
    shop_id: str
    class_code: str
    profile: str
    profile_version: str
    received_at: datetime = _at()
    state: str
    channel: str
    due_at: datetime = _at()
    next_look_at: datetime | None = _at(default=None, nullable=True)
    claimed_by: str = ""
    told_at: datetime | None = _at(default=None, nullable=True)
    due_differs: bool = False
    card_ts: str = ""
    promise_due_at: datetime | None = _at(default=None, nullable=True)
    promise_owner: str = ""
    promised_at: datetime | None = _at(default=None, nullable=True)
    kin_consumer: str = ""
    kin_subject: str = ""
    kin_batch: str = ""


class EntryRow(Row, table=True):
    """One line of an order's log, never changed; ``id`` is the sequence of recording."""

    __tablename__ = "entry"
    __table_args__ = (
        UniqueConstraint("order_id", "key"),
        CheckConstraint("key <> ''", name="key"),
        _partial("ix_entry_promises", "workspace", "at", where="kind IN ('promise_kept', 'promise_broken')"),
    )
    id: int = _id()
    workspace: int = _workspace()
    order_id: int = Field(sa_type=BigId, foreign_key="work_order.id")
    kind: str
    at: datetime = _at()
    key: str
    by: str = ""
    data: dict[str, Any] = _json()


class InboxRow(Row, table=True):
    """A platform event as it came, and where it stands."""

    __tablename__ = "inbox"
    __table_args__ = (
        UniqueConstraint("workspace", "connection", "event_id"),
        _one_of("standing", Standing),
        _partial("ix_inbox_raised", "workspace", "connection", "number", where="version > 0"),
        _partial("ix_inbox_waiting", "workspace", "connection", "number", where="standing = 'waiting'"),
    )
    id: int = _id()
    workspace: int = _workspace()
    connection: str
    event_id: str
    type: str
    number: str | None = None
    at: datetime | None = _at(default=None, nullable=True)
    version: int = 0
    digest: str
    data: dict[str, Any] = _json()
    standing: str
    received_at: datetime = _at()
    reason: str = _long()


class OutboxRow(Row, table=True):
    """An intent and what became of it. ``id`` is the order in which they were owed, ``done_at`` null until it ends."""

    __tablename__ = "outbox"
    __table_args__ = (
        UniqueConstraint("uid"),
        _one_of("state", OUTBOX_STATES),
        _one_of("lane", Lane),
        CheckConstraint("(done_at IS NULL) = (state IN ('pending', 'leased'))", name="done"),
        CheckConstraint("attempts >= 0 AND lease >= 0", name="counts"),
        _partial("uq_outbox_key", "workspace", "key", where="state = 'pending' AND key <> ''", unique=True),
        _partial("ix_outbox_owed", "workspace", "lane", "priority", "due", "id", where="done_at IS NULL"),
        _partial("ix_outbox_stream", "workspace", "stream", "id", where="done_at IS NULL"),
        _partial("ix_outbox_leased", "workspace", "lane", "target", where="state = 'leased'"),
        _partial("ix_outbox_parked", "workspace", "id", where="state = 'parked'"),
    )
    id: int = _id()
    workspace: int = _workspace()
    uid: str
    what: str
    lane: str
    target: str
    priority: int
    stream: str
    connection: str | None = None
    number: str | None = None
    key: str = ""
    args: dict[str, Any] = _json()
    due: int = Field(default=0, sa_column=Column(BigId, nullable=False))
    not_before: datetime | None = _at(default=None, nullable=True)
    owed_at: datetime = _at()
    state: str = PENDING
    attempts: int = 0
    tries: int = 0
    tried_at: datetime | None = _at(default=None, nullable=True)
    lease: int = 0
    leased_until: datetime | None = _at(default=None, nullable=True)
    done_at: datetime | None = _at(default=None, nullable=True)
    receipt: str = ""
    why: str = _long()


class PersonRow(Row, table=True):
    __tablename__ = "person"
    __table_args__ = (UniqueConstraint("workspace", "slack_user"),)
    id: int = _id()
    workspace: int = _workspace()
    slack_user: str
    name: str = ""
    language: str = ""
    zone: str = ""
    deactivated: bool = False
    guest: bool = False


class RosterRow(Row, table=True):
    """A channel or user group whose members are known, were there none of them."""

    __tablename__ = "roster"
    __table_args__ = (UniqueConstraint("workspace", "name"),)
    id: int = _id()
    workspace: int = _workspace()
    name: str


class MembershipRow(Row, table=True):
    __tablename__ = "membership"
    __table_args__ = (UniqueConstraint("workspace", "roster", "slack_user"),)
    id: int = _id()
    workspace: int = _workspace()
    roster: str
    slack_user: str


class LedgerRow(Row, table=True):
    """What an order cost; append-only (rule 6)."""

    __tablename__ = "ledger"
    __table_args__ = (
        UniqueConstraint("workspace", "key"),
        _one_of("kind", PenaltyKind),
        _one_of("state", PenaltyState),
        CheckConstraint("length(month) = 7", name="month"),
        Index("ix_ledger_month", "workspace", "month", "connection", "shop_id"),
        Index("ix_ledger_at", "workspace", "connection", "shop_id", "at"),
        _partial("ix_ledger_order", "workspace", "connection", "number", where="number IS NOT NULL"),
        _partial("ix_ledger_ref", "workspace", "connection", "ref", where="ref <> ''"),
    )
    id: int = _id()
    workspace: int = _workspace()
    key: str
    connection: str
    shop_id: str
    kind: str
    state: str
    at: datetime = _at()
    month: str
    number: str | None = None
    points: int | None = None
    amount: int | None = Field(default=None, sa_column=Column(BigId, nullable=True))
    assumed: bool = False
    basis: str = ""
    reverses: str = ""
    currency: str = "CNY"
    track: str = ""
    days: int | None = None
    until: datetime | None = _at(default=None, nullable=True)
    ref: str = ""
    text: str = _long()


class DeedRow(Row, table=True):
    """What somebody did that is no order's; append-only, like an order's log."""

    __tablename__ = "deed"
    __table_args__ = (
        CheckConstraint("subject <> ''", name="subject"),
        Index("ix_deed_subject", "workspace", "subject"),
    )
    id: int = _id()
    workspace: int = _workspace()
    subject: str
    act: str
    at: datetime = _at()
    by: str
    place: str
    before: dict[str, Any] = _json()
    after: dict[str, Any] = _json()


class DeadlineRow(Row, table=True):
    """A day by which somebody must act on money; ``next_at`` null once nothing is left to say."""

    __tablename__ = "deadline"
    __table_args__ = (
        UniqueConstraint("workspace", "key"),
        _partial("ix_deadline_next", "workspace", "next_at", where="next_at IS NOT NULL"),
    )
    id: int = _id()
    workspace: int = _workspace()
    key: str
    kind: str
    connection: str
    shop_id: str
    began_at: datetime = _at()
    due_at: datetime = _at()
    next_at: datetime | None = _at(default=None, nullable=True)
    done_at: datetime | None = _at(default=None, nullable=True)
    why: str = ""
    data: dict[str, Any] = _json()


class OnceRow(Row, table=True):
    """Keys of events and clicks that were seen."""

    __tablename__ = "once"
    __table_args__ = (UniqueConstraint("workspace", "key"), Index("ix_once_at", "workspace", "at"))
    id: int = _id()
    workspace: int = _workspace()
    key: str
    at: datetime = _at()


class MentionRow(Row, table=True):
    """A message that left and named somebody, once a message and person."""

    __tablename__ = "mention"
    __table_args__ = (
        UniqueConstraint("workspace", "message", "slack_user"),
        Index("ix_mention_team", "workspace", "team", "at"),
    )
    id: int = _id()
    workspace: int = _workspace()
    message: str
    team: str
    slack_user: str
    at: datetime = _at()
    night: bool = False


class NoteRow(Row, table=True):
    __tablename__ = "note"
    __table_args__ = (UniqueConstraint("workspace", "key"),)
    id: int = _id()
    workspace: int = _workspace()
    key: str
    value: dict[str, Any] = _json()
    at: datetime = _at()


class FileRow(Row, table=True):
    """A file that somebody handed in: what is known of it. Its bytes are a blob's."""

    __tablename__ = "file"
    __table_args__ = (
        UniqueConstraint("workspace", "key"),
        CheckConstraint("(stored_at IS NULL) = (sha256 = '')", name="stored"),
        Index("ix_file_owner", "workspace", "owner"),
    )
    id: int = _id()
    workspace: int = _workspace()
    key: str
    owner: str
    source: str
    name: str
    by: str
    at: datetime = _at()
    mime: str
    size: int = Field(sa_column=Column(BigId, nullable=False))
    sha256: str = ""
    stored_at: datetime | None = _at(default=None, nullable=True)
    why: str = _long()


class BlobRow(Row, table=True):
    """The bytes of files, once for the same bytes. Read by its hash and by nothing else: it is in no query's way."""

    __tablename__ = "blob"
    __table_args__ = (UniqueConstraint("workspace", "sha256"), CheckConstraint("length(sha256) = 64", name="sha256"))
    id: int = _id()
    workspace: int = _workspace()
    sha256: str
    content: bytes = Field(sa_column=Column(LargeBinary, nullable=False))


def _table(row: object) -> Table:
    return cast(Table, cast(Any, row).__table__)


METADATA = Row.metadata
WORKSPACE, ORDER, ENTRY = _table(WorkspaceRow), _table(OrderRow), _table(EntryRow)
INBOX, OUTBOX = _table(InboxRow), _table(OutboxRow)
PERSON, ROSTER, MEMBERSHIP = _table(PersonRow), _table(RosterRow), _table(MembershipRow)
LEDGER, ONCE, NOTE = _table(LedgerRow), _table(OnceRow), _table(NoteRow)
DEADLINE, DEED, MENTION = _table(DeadlineRow), _table(DeedRow), _table(MentionRow)
FILE, BLOB = _table(FileRow), _table(BlobRow)
