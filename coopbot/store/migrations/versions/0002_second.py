"""Promises, files, deeds, mentions; first out what is due first; cards by their message; what is recorded stays so.

Only adds (docs/adr/0012): new columns have defaults, so that the version before goes on writing. There is no
way back but the backup that was made before.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True).with_variant(sa.String(32), "sqlite")
BIG_ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")
APPEND_ONLY = ("entry", "ledger", "deed")
UNFINISHED = "state IN ('open', 'claimed', 'replied')"


def upgrade() -> None:
    _files()
    _deeds()
    _mentions()
    op.add_column("outbox", sa.Column("due", BIG_ID, nullable=False, server_default="0"))
    op.drop_index("ix_outbox_owed", "outbox")
    _index("ix_outbox_owed", "outbox", "lane", "priority", "due", "id", where="done_at IS NULL")
    for name in ("card_ts", "promise_owner", "kin_batch"):
        op.add_column("work_order", sa.Column(name, sa.String(), nullable=False, server_default=""))
    for name in ("promise_due_at", "promised_at"):
        op.add_column("work_order", sa.Column(name, INSTANT, nullable=True))
    op.execute(f"UPDATE work_order SET card_ts = coalesce(({_ts_of_the_card()}), '')")
    _index("ix_work_order_untold", "work_order", "received_at", where=f"told_at IS NULL AND {UNFINISHED}")
    _index("ix_work_order_card", "work_order", "channel", "card_ts", where="card_ts <> ''")
    promised = "promise_due_at IS NOT NULL"
    _index("ix_work_order_promise_owner", "work_order", "promise_owner", "promise_due_at", where=promised)
    _index("ix_work_order_promise_channel", "work_order", "channel", "promise_due_at", where=promised)
    _index("ix_work_order_promised", "work_order", "kin_consumer", where="promised_at IS NOT NULL")
    _index("ix_work_order_kin_batch", "work_order", "kin_batch", where="kin_batch <> ''")
    _index("ix_entry_promises", "entry", "at", where="kind IN ('promise_kept', 'promise_broken')")
    _keep_what_is_recorded()


def _files() -> None:
    op.create_table(
        "file",
        sa.Column("id", BIG_ID, autoincrement=True, nullable=False),
        sa.Column("workspace", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("mime", sa.String(), nullable=False),
        sa.Column("size", BIG_ID, nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("stored_at", INSTANT, nullable=True),
        sa.Column("why", sa.Text(), nullable=False),
        sa.CheckConstraint("(stored_at IS NULL) = (sha256 = '')", name=op.f("ck_file_stored")),
        sa.ForeignKeyConstraint(["workspace"], ["workspace.id"], name=op.f("fk_file_workspace")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_file")),
        sa.UniqueConstraint("workspace", "key", name=op.f("uq_file_workspace_key")),
    )
    op.create_index("ix_file_owner", "file", ["workspace", "owner"], unique=False)
    op.create_table(
        "blob",
        sa.Column("id", BIG_ID, autoincrement=True, nullable=False),
        sa.Column("workspace", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("length(sha256) = 64", name=op.f("ck_blob_sha256")),
        sa.ForeignKeyConstraint(["workspace"], ["workspace.id"], name=op.f("fk_blob_workspace")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_blob")),
        sa.UniqueConstraint("workspace", "sha256", name=op.f("uq_blob_workspace_sha256")),
    )


def _deeds() -> None:
    op.create_table(
        "deed",
        sa.Column("id", BIG_ID, autoincrement=True, nullable=False),
        sa.Column("workspace", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("act", sa.String(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("before", sa.Text(), nullable=False),
        sa.Column("after", sa.Text(), nullable=False),
        sa.CheckConstraint("subject <> ''", name=op.f("ck_deed_subject")),
        sa.ForeignKeyConstraint(["workspace"], ["workspace.id"], name=op.f("fk_deed_workspace")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deed")),
    )
    op.create_index("ix_deed_subject", "deed", ["workspace", "subject"], unique=False)


def _mentions() -> None:
    """Counted when a message leaves; until now they were read from the log, with an index of its own."""
    op.create_table(
        "mention",
        sa.Column("id", BIG_ID, autoincrement=True, nullable=False),
        sa.Column("workspace", sa.Integer(), nullable=False),
        sa.Column("message", sa.String(), nullable=False),
        sa.Column("team", sa.String(), nullable=False),
        sa.Column("slack_user", sa.String(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("night", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["workspace"], ["workspace.id"], name=op.f("fk_mention_workspace")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mention")),
        sa.UniqueConstraint("workspace", "message", "slack_user", name=op.f("uq_mention_workspace_message_slack_user")),
    )
    op.create_index("ix_mention_team", "mention", ["workspace", "team", "at"], unique=False)
    op.drop_index("ix_entry_calls", "entry")


def _keep_what_is_recorded() -> None:
    """Logs, ledger and deeds grow and nothing else: the database refuses whoever would change them, ourselves too."""
    if op.get_bind().dialect.name == "sqlite":
        for table in APPEND_ONLY:
            for verb in ("UPDATE", "DELETE"):
                refused = f"SELECT RAISE(ABORT, '{table} is append-only')"
                op.execute(f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} BEGIN {refused}; END")
        return
    op.execute(
        "CREATE FUNCTION append_only() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$"
    )
    for table in APPEND_ONLY:
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION append_only()"
        )


def _index(name: str, table: str, *columns: str, where: str) -> None:
    only = sa.text(where)
    op.create_index(name, table, ["workspace", *columns], sqlite_where=only, postgresql_where=only)


def _ts_of_the_card() -> str:
    ts = "data::json ->> 'ts'" if op.get_bind().dialect.name == "postgresql" else "json_extract(data, '$.ts')"
    return f"SELECT {ts} FROM entry WHERE order_id = work_order.id AND kind = 'told' ORDER BY entry.id DESC LIMIT 1"
