"""The scans that run all day touch what is owed or due and nothing else, however much there is besides."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from coopbot.store import inbox, mentions, migrate, orders, outbox_sql
from coopbot.store.statement import SQLITE, Statement


@pytest.mark.parametrize(
    ("statement", "index"),
    [
        (orders._DUE, "ix_work_order_look (workspace=? AND next_look_at>? AND next_look_at<?)"),
        (orders._NEXT, "COVERING INDEX ix_work_order_look"),
        (orders._UNFINISHED, "ix_work_order_unfinished"),
        (orders._UNFINISHED_IN, "ix_work_order_unfinished (workspace=? AND channel=?)"),
        (orders._UNTOLD, "ix_work_order_untold (workspace=?)"),
        (orders._UNDER, "ix_work_order_card (workspace=? AND channel=? AND card_ts=?)"),
        (orders._COUNTS, "ix_work_order_unfinished"),
        (mentions._OF_TEAM, "ix_mention_team (workspace=? AND team=? AND at>?)"),
        (orders._DIFFERING, "ix_work_order_differs (workspace=?)"),
        (orders._KIN["kin_consumer"], "ix_work_order_kin_consumer (workspace=? AND kin_consumer=?)"),
        (orders._KIN["kin_subject"], "ix_work_order_kin_subject (workspace=? AND kin_subject=?)"),
        (orders._KIN["kin_batch"], "ix_work_order_kin_batch (workspace=? AND kin_batch=?)"),
        (orders._PROMISING_OF, "ix_work_order_promise_owner (workspace=? AND promise_owner=?"),
        (orders._PROMISING_IN, "ix_work_order_promise_channel (workspace=? AND channel=?"),
        (orders._PROMISED_TO, "ix_work_order_promised (workspace=? AND kin_consumer=?)"),
        (orders._SETTLED, "ix_entry_promises (workspace=? AND at>? AND at<?)"),
        (orders._BY_ID, "INTEGER PRIMARY KEY (rowid=?)"),
        (orders._GET, "(workspace=? AND connection=? AND number=?)"),
        (outbox_sql.HEADS, "ix_outbox_owed (workspace=? AND lane=?)"),
        (outbox_sql.ONE_THAT_MAY, "ix_outbox_owed (workspace=? AND lane=?)"),
        (outbox_sql.LIKE_IT, "ix_outbox_owed (workspace=? AND lane=? AND priority=?)"),
        (outbox_sql.WAITING_POSTS, "(workspace=? AND lane=?)"),
        (outbox_sql.UNDER_WAY, "ix_outbox_leased"),
        (outbox_sql.ABANDONED, "ix_outbox_leased (workspace=?)"),
        (outbox_sql.SENT_IT, "(uid=?)"),
        (outbox_sql.WITHDRAW, "uq_outbox_key (workspace=? AND key=?)"),
        (inbox._KNOWN, "(workspace=? AND connection=? AND event_id=?)"),
        (inbox._WAITING_FOR, "ix_inbox_waiting (workspace=? AND connection=? AND number=?)"),
        (inbox._DIGESTS, "ix_inbox_raised (workspace=? AND connection=? AND number=?)"),
    ],
)
def test_a_scan_uses_its_index(statement: Statement, index: str, tmp_path: Path) -> None:
    path = tmp_path / "coopbot.db"
    migrate(f"sqlite:///{path}")
    driven = statement.on(SQLITE)
    with closing(sqlite3.connect(path)) as connection:
        plan = connection.execute(f"EXPLAIN QUERY PLAN {driven.sql}", [1] * len(driven.names)).fetchall()

    assert index in plan[0][3]
