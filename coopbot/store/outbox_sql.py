"""The outbox's statements."""

from __future__ import annotations

from sqlalchemy import ColumnElement, String, and_, bindparam, case, func, literal_column, or_, select, update

from coopbot.domain.intent import FIRST_CARD, What
from coopbot.store.bulk import Insert, Update
from coopbot.store.columns import UtcDateTime
from coopbot.store.statement import Statement, among
from coopbot.store.tables import DROPPED, LEASED, OUTBOX, PARKED, PENDING, SENT

_HERE = OUTBOX.c.workspace == bindparam("workspace")
# Spelled out, because a partial index is used only for the very condition that it was made with.
_UNFINISHED = OUTBOX.c.done_at.is_(None)
_PENDING = and_(OUTBOX.c.state == literal_column("'pending'"), OUTBOX.c.key != literal_column("''"))
_THAT = and_(OUTBOX.c.uid == bindparam("the_uid"), OUTBOX.c.lease == bindparam("held"), OUTBOX.c.state == LEASED)

COLUMNS = (
    *("workspace", "uid", "what", "lane", "target", "priority", "stream", "connection", "number"),
    *("key", "args", "due", "not_before", "owed_at", "state", "attempts", "tries", "lease", "receipt", "why"),
)
ADD_HERE = Insert(OUTBOX, COLUMNS, once="ON CONFLICT DO NOTHING")
# What is pending already is touched, that is: locked. Else a worker could claim and render it between this
# transaction's change and its commit, from the state before, and nothing would be owed for the change.
ADD_SHARED = Insert(
    OUTBOX,
    COLUMNS,
    once="ON CONFLICT (workspace, key) WHERE state = 'pending' AND key <> '' DO UPDATE SET tries = outbox.tries",
    locked_by="key",
)

PATIENCE, CARD_PATIENCE = 5, 8
"""Tries after which the others of a stream pass by one that waits for its next (about 15 s and 4 min of gaps): a
reminder does not wait behind a note that fails again and again, but a little for the card that it belongs under."""

# The head of its stream: nothing that was owed before it, and that it has to wait for, is unfinished. A subquery that
# yields one value, since PostgreSQL turns NOT EXISTS into a join, and without statistics (a burst's first minute) one
# of n² rows.
_ahead = OUTBOX.alias("ahead")


def _kind(what: What) -> ColumnElement[str]:
    return literal_column(f"'{what.value}'", String)


_REDRAW, _CARD = _kind(What.REDRAW), _kind(What.CARD)
_REMINDER = _kind(What.REMINDER)
_REPLY, _FETCH = _kind(What.REPLY), _kind(What.FETCH)
_IN_SEQUENCE = (OUTBOX.c.priority, OUTBOX.c.due, OUTBOX.c.id)
_IS_HEAD = (
    OUTBOX.c.id
    == select(func.min(_ahead.c.id))
    .where(
        _ahead.c.workspace == bindparam("workspace"),
        _ahead.c.stream == OUTBOX.c.stream,
        _ahead.c.done_at.is_(None),
        # An edit waits for what it edits and for an older edit; nothing else waits for an edit.
        case(
            (OUTBOX.c.what == _REDRAW, or_(_ahead.c.what == _REDRAW, _ahead.c.what == _CARD)),
            else_=_ahead.c.what != _REDRAW,
        ),
        or_(
            _ahead.c.id == OUTBOX.c.id,
            _ahead.c.state == literal_column("'leased'"),
            _ahead.c.not_before.is_(None),
            _ahead.c.not_before <= bindparam("now"),
            _ahead.c.what == _REPLY,
            _ahead.c.what == _FETCH,  # an answer never leaves without its files
            _ahead.c.tries < case((_ahead.c.what == _CARD, CARD_PATIENCE), else_=PATIENCE),
        ),
    )
    .scalar_subquery()
)
_IN_LANE = and_(_HERE, OUTBOX.c.lane == bindparam("lane"), _UNFINISHED)
_LEASED = OUTBOX.c.state == literal_column("'leased'")

# One claim in a lane at a time. Chosen first, then taken: on PostgreSQL a row whose intent is being owed anew just
# now is passed over, so that it is rendered after that change and not before.
UNDER_WAY = Statement(
    select(OUTBOX.c.stream, OUTBOX.c.target, OUTBOX.c.what).where(
        _HERE, OUTBOX.c.lane == bindparam("lane"), _LEASED, OUTBOX.c.leased_until > bindparam("leases")
    )
)
HEADS = Statement(
    select(OUTBOX.c.id, OUTBOX.c.target, OUTBOX.c.what, OUTBOX.c.priority)
    .where(
        _IN_LANE,
        or_(
            and_(
                OUTBOX.c.state == PENDING, or_(OUTBOX.c.not_before.is_(None), OUTBOX.c.not_before <= bindparam("now"))
            ),
            and_(OUTBOX.c.state == LEASED, OUTBOX.c.leased_until <= bindparam("leases")),
        ),
        or_(OUTBOX.c.what == _REDRAW, among(OUTBOX.c.target, "busy", out=True)),
        among(OUTBOX.c.what, "without", out=True),
        or_(OUTBOX.c.what == _REDRAW, among(OUTBOX.c.stream, "posting", out=True)),
        or_(OUTBOX.c.what != _REDRAW, among(OUTBOX.c.stream, "drawing", out=True)),
        _IS_HEAD,
    )
    .order_by(*_IN_SEQUENCE)
    .limit(bindparam("limit"))
)
_OWED = ("id", "uid", "what", "target", "priority", "connection", "number", "key", "args", "due", "not_before")
TAKE = Statement(
    select(*(OUTBOX.c[name] for name in (*_OWED, "owed_at", "attempts", "tries", "tried_at", "lease", "state")))
    .where(among(OUTBOX.c.id, "ids"), _UNFINISHED)
    .order_by(*_IN_SEQUENCE)
    .with_for_update(skip_locked=True)
)
LEASE = Statement(
    update(OUTBOX)
    .where(among(OUTBOX.c.id, "ids"))
    .values(
        state=LEASED,
        leased_until=bindparam("until", type_=OUTBOX.c.leased_until.type),
        lease=OUTBOX.c.lease + 1,
        attempts=OUTBOX.c.attempts + 1,
        tries=OUTBOX.c.tries + 1,
        tried_at=bindparam("leases", type_=OUTBOX.c.tried_at.type),
    )
)

# To whom posts wait, so that what a channel can't take in time goes out as digests; no more rows than are asked for.
WAITING_POSTS = Statement(
    select(OUTBOX.c.target)
    .where(
        _IN_LANE,
        OUTBOX.c.state == literal_column("'pending'"),
        OUTBOX.c.what != _REDRAW,
        or_(OUTBOX.c.not_before.is_(None), OUTBOX.c.not_before <= bindparam("now")),
    )
    .limit(bindparam("limit"))
)
# Cards like one that was just claimed, that nobody has tried yet; what is due first is told first.
LIKE_IT = Statement(
    select(OUTBOX.c.id, OUTBOX.c.connection, OUTBOX.c.number, OUTBOX.c.owed_at)
    .where(
        _IN_LANE,
        OUTBOX.c.state == literal_column("'pending'"),
        OUTBOX.c.priority == bindparam("its_priority"),
        OUTBOX.c.what == _CARD,
        OUTBOX.c.target == bindparam("its_target"),
        OUTBOX.c.key.startswith(FIRST_CARD, autoescape=True),
        OUTBOX.c.attempts == literal_column("0"),
        OUTBOX.c.not_before.is_(None),
    )
    .order_by(*_IN_SEQUENCE)
    .limit(bindparam("limit"))
    .with_for_update(skip_locked=True)
)
# Bundles of reminders for the place of one that was just claimed, that nobody has tried yet.
REMINDERS_LIKE_IT = Statement(
    select(OUTBOX.c.id, OUTBOX.c.args, OUTBOX.c.priority, OUTBOX.c.owed_at)
    .where(
        _IN_LANE,
        OUTBOX.c.state == literal_column("'pending'"),
        OUTBOX.c.what == _REMINDER,
        OUTBOX.c.target == bindparam("its_target"),
        OUTBOX.c.number.is_(None),
        OUTBOX.c.attempts == literal_column("0"),
    )
    .order_by(OUTBOX.c.id)
    .limit(bindparam("limit"))
    .with_for_update(skip_locked=True)
)
JOINED = Statement(
    update(OUTBOX)
    .where(or_(among(OUTBOX.c.uid, "uids"), among(OUTBOX.c.id, "ids")))
    .values(
        state=DROPPED,
        done_at=bindparam("now", type_=OUTBOX.c.done_at.type),
        leased_until=None,
        why=bindparam("new_why"),
    )
)
BY_UID = Statement(select(OUTBOX.c.id).where(OUTBOX.c.uid == bindparam("the_uid")))


def _ended(state: str) -> Statement:
    return Statement(
        update(OUTBOX)
        .where(_THAT)
        .values(
            state=state,
            done_at=bindparam("now", type_=OUTBOX.c.done_at.type),
            leased_until=None,
            receipt=bindparam("new_receipt"),
            why=bindparam("new_why"),
        )
    )


SENT_IT, DROPPED_IT, PARKED_IT = map(_ended, (SENT, DROPPED, PARKED))

HOLDS = Statement(
    select(OUTBOX.c.uid, OUTBOX.c.lease)
    .where(among(OUTBOX.c.uid, "uids"), OUTBOX.c.state == LEASED)
    .order_by(OUTBOX.c.id)
    .with_for_update()
)
ARRIVED = Update(OUTBOX, ("state", "done_at", "leased_until", "receipt", "uid"))
HELD = Statement(select(OUTBOX.c.key).where(_THAT).with_for_update())
LATER = Statement(
    update(OUTBOX)
    .where(_THAT)
    .values(
        state=PENDING,
        leased_until=None,
        not_before=bindparam("until", type_=OUTBOX.c.not_before.type),
        why=bindparam("new_why"),
        attempts=OUTBOX.c.attempts - bindparam("unbegun"),
        tried_at=bindparam("tried", type_=OUTBOX.c.tried_at.type),
    )
)
COALESCE = Statement(
    update(OUTBOX)
    .where(_HERE, _PENDING, OUTBOX.c.key == bindparam("its_key"))
    .values(state=DROPPED, done_at=bindparam("now", type_=OUTBOX.c.done_at.type), why=bindparam("new_why"))
)
# A try that may have had its effect can't be taken back: such a one is under way, though it waits for its next try.
WITHDRAW = Statement(
    update(OUTBOX)
    .where(
        _HERE,
        _PENDING,
        OUTBOX.c.key == bindparam("its_key"),
        OUTBOX.c.what == bindparam("its_what"),
        OUTBOX.c.attempts == 0,
    )
    .values(state=DROPPED, done_at=bindparam("now", type_=OUTBOX.c.done_at.type), why=bindparam("new_why"))
)
RESUME = Statement(
    update(OUTBOX)
    .where(_HERE, _UNFINISHED, OUTBOX.c.state == LEASED)
    .values(leased_until=bindparam("leases", type_=OUTBOX.c.leased_until.type))
)
_RECEIPT = ("uid", "what", "target", "owed_at", "state", "tries", "done_at", "receipt", "why")
RECEIPTS = Statement(
    select(*(OUTBOX.c[name] for name in _RECEIPT))
    .where(_HERE, OUTBOX.c.connection == bindparam("connection"), OUTBOX.c.number == bindparam("number"))
    .order_by(OUTBOX.c.id)
)
BUNDLES = Statement(
    select(*(OUTBOX.c[name] for name in _RECEIPT), OUTBOX.c.args)
    .where(
        _HERE,
        OUTBOX.c.number.is_(None),
        or_(OUTBOX.c.what == What.REMINDER.value, OUTBOX.c.what == What.DIGEST.value),
        OUTBOX.c.owed_at >= bindparam("since"),
    )
    .order_by(OUTBOX.c.id)
)
OLDEST = Statement(
    select(func.min(OUTBOX.c.owed_at, type_=UtcDateTime)).where(
        _HERE, _UNFINISHED, or_(OUTBOX.c.not_before.is_(None), OUTBOX.c.not_before <= bindparam("now"))
    )
)
ABANDONED = Statement(
    select(func.min(OUTBOX.c.leased_until, type_=UtcDateTime)).where(
        _HERE, _LEASED, OUTBOX.c.leased_until < bindparam("leases")
    )
)
# Mostly something may leave already, and the first such row is found at once; the rest is for when nothing may.
ONE_THAT_MAY = Statement(
    select(func.coalesce(OUTBOX.c.not_before, OUTBOX.c.owed_at, type_=UtcDateTime))
    .where(
        _IN_LANE,
        OUTBOX.c.state == PENDING,
        or_(OUTBOX.c.not_before.is_(None), OUTBOX.c.not_before <= bindparam("now")),
        _IS_HEAD,
    )
    .order_by(*_IN_SEQUENCE)
    .limit(literal_column("1"))
)
NEXT = Statement(
    select(
        func.min(case((OUTBOX.c.state == LEASED, OUTBOX.c.leased_until), else_=OUTBOX.c.not_before), type_=UtcDateTime)
    ).where(_IN_LANE, or_(OUTBOX.c.state == LEASED, OUTBOX.c.not_before.is_not(None)), _IS_HEAD)
)
WAITING = Statement(
    select(func.min(OUTBOX.c.not_before, type_=UtcDateTime)).where(
        _IN_LANE, OUTBOX.c.state == PENDING, OUTBOX.c.not_before > bindparam("now")
    )
)
EXPIRING = Statement(
    select(func.min(OUTBOX.c.leased_until, type_=UtcDateTime)).where(
        _IN_LANE, _LEASED, OUTBOX.c.leased_until > bindparam("now")
    )
)
