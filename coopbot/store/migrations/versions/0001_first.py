"""The first tables, and the one workspace that is served."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True).with_variant(sa.String(32), "sqlite")
BIG_ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    op.create_table(
        "workspace",
        sa.Column("id", BIG_ID, autoincrement=True, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workspace")),
    )
    op.create_table(
        "inbox",
        sa.Column("id", BIG_ID, autoincrement=True, nullable=False),
        sa.Column("workspace", sa.Integer(), nullable=False),
        sa.Column("connection", sa.String(), nullable=False),
        sa.Column("event_id", sa.String(), nullable=False),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("number", sa.String(), nullable=True),
        sa.Column("at", INSTANT, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("data", sa.Text(), nullable=False),
        sa.Column("standing", sa.String(), nullable=False),
        sa.Column("received_at", INSTANT, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.CheckConstraint("standing IN ('applied', 'waiting', 'ignored', 'refused')", name=op.f("ck_inbox_standing")),
        sa.ForeignKeyConstraint(["workspace"], ["workspace.id"], name=op.f("fk_inbox_workspace")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbox")),
        sa.UniqueConstraint("workspace", "connection", "event_id", name=op.f("uq_inbox_workspace_connection_event_id")),
    )
    op.create_index(
        "ix_inbox_raised",
        "inbox",
        ["workspace", "connection", "number"],
        unique=False,
        sqlite_where=sa.text("version > 0"),
        postgresql_where=sa.text("version > 0"),
    )
    op.create_index(
        "ix_inbox_waiting",
        "inbox",
        ["workspace", "connection", "number"],
        unique=False,
        sqlite_where=sa.text("standing = 'waiting'"),
        postgresql_where=sa.text("standing = 'waiting'"),
    )
    op.create_table(
        "deadline",
        sa.Column("id", BIG_ID, autoincrement=True, nullable=False),
        sa.Column("workspace", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("connection", sa.String(), nullable=False),
        sa.Column("shop_id", sa.String(), nullable=False),
        sa.Column("began_at", INSTANT, nullable=False),
        sa.Column("due_at", INSTANT, nullable=False),
        sa.Column("next_at", INSTANT, nullable=True),
        sa.Column("done_at", INSTANT, nullable=True),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("data", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["workspace"], ["workspace.id"], name=op.f("fk_deadline_workspace")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deadline")),
        sa.UniqueConstraint("workspace", "key", name=op.f("uq_deadline_workspace_key")),
    )
    op.create_index(
        "ix_deadline_next",
        "deadline",
        ["workspace", "next_at"],
        unique=False,
        sqlite_where=sa.text("next_at IS NOT NULL"),
        postgresql_where=sa.text("next_at IS NOT NULL"),
    )
    op.create_table(
        "ledger",
        sa.Column("id", BIG_ID, autoincrement=True, nullable=False),
        sa.Column("workspace", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("connection", sa.String(), nullable=False),
        sa.Column("shop_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("month", sa.String(), nullable=False),
        sa.Column("number", sa.String(), nullable=True),
        sa.Column("points", sa.Integer(), nullable=True),
        sa.Column("amount", BIG_ID, nullable=True),
        sa.Column("assumed", sa.Boolean(), nullable=False),
        sa.Column("basis", sa.String(), nullable=False),
        sa.Column("reverses", sa.String(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("track", sa.String(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=True),
        sa.Column("until", INSTANT, nullable=True),
        sa.Column("ref", sa.String(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('warning', 'points', 'fine', 'measure', 'unknown', 'settlement', 'credit', 'deposit', 'top_up')",
            name=op.f("ck_ledger_kind"),
        ),
        sa.CheckConstraint(
            "state IN ('predicted', 'issued', 'appealed', 'revoked', 'waived')", name=op.f("ck_ledger_state")
        ),
        sa.CheckConstraint("length(month) = 7", name=op.f("ck_ledger_month")),
        sa.ForeignKeyConstraint(["workspace"], ["workspace.id"], name=op.f("fk_ledger_workspace")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger")),
        sa.UniqueConstraint("workspace", "key", name=op.f("uq_ledger_workspace_key")),
    )
    op.create_index("ix_ledger_at", "ledger", ["workspace", "connection", "shop_id", "at"], unique=False)
    op.create_index(
        "ix_ledger_ref",
        "ledger",
        ["workspace", "connection", "ref"],
        unique=False,
        sqlite_where=sa.text("ref <> ''"),
        postgresql_where=sa.text("ref <> ''"),
    )
    op.create_index("ix_ledger_month", "ledger", ["workspace", "month", "connection", "shop_id"], unique=False)
    op.create_index(
        "ix_ledger_order",
        "ledger",
        ["workspace", "connection", "number"],
        unique=False,
        sqlite_where=sa.text("number IS NOT NULL"),
        postgresql_where=sa.text("number IS NOT NULL"),
    )
    op.create_table(
        "membership",
        sa.Column("id", BIG_ID, autoincrement=True, nullable=False),
        sa.Column("workspace", sa.Integer(), nullable=False),
        sa.Column("roster", sa.String(), nullable=False),
        sa.Column("slack_user", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["workspace"], ["workspace.id"], name=op.f("fk_membership_workspace")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_membership")),
        sa.UniqueConstraint(
            "workspace", "roster", "slack_user", name=op.f("uq_membership_workspace_roster_slack_user")
        ),
    )
    op.create_table(
        "note",
        sa.Column("id", BIG_ID, autoincrement=True, nullable=False),
        sa.Column("workspace", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["workspace"], ["workspace.id"], name=op.f("fk_note_workspace")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_note")),
        sa.UniqueConstraint("workspace", "key", name=op.f("uq_note_workspace_key")),
    )
    op.create_table(
        "once",
        sa.Column("id", BIG_ID, autoincrement=True, nullable=False),
        sa.Column("workspace", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["workspace"], ["workspace.id"], name=op.f("fk_once_workspace")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_once")),
        sa.UniqueConstraint("workspace", "key", name=op.f("uq_once_workspace_key")),
    )
    op.create_index("ix_once_at", "once", ["workspace", "at"], unique=False)
    op.create_table(
        "outbox",
        sa.Column("id", BIG_ID, autoincrement=True, nullable=False),
        sa.Column("workspace", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("lane", sa.String(), nullable=False),
        sa.Column("target", sa.String(), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("stream", sa.String(), nullable=False),
        sa.Column("connection", sa.String(), nullable=True),
        sa.Column("number", sa.String(), nullable=True),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("args", sa.Text(), nullable=False),
        sa.Column("not_before", INSTANT, nullable=True),
        sa.Column("owed_at", INSTANT, nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("tried_at", INSTANT, nullable=True),
        sa.Column("lease", sa.Integer(), nullable=False),
        sa.Column("leased_until", INSTANT, nullable=True),
        sa.Column("done_at", INSTANT, nullable=True),
        sa.Column("receipt", sa.String(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.CheckConstraint("(done_at IS NULL) = (state IN ('pending', 'leased'))", name=op.f("ck_outbox_done")),
        sa.CheckConstraint("lane IN ('chat', 'platform')", name=op.f("ck_outbox_lane")),
        sa.CheckConstraint("state IN ('pending', 'leased', 'sent', 'dropped', 'parked')", name=op.f("ck_outbox_state")),
        sa.CheckConstraint("attempts >= 0 AND lease >= 0", name=op.f("ck_outbox_counts")),
        sa.ForeignKeyConstraint(["workspace"], ["workspace.id"], name=op.f("fk_outbox_workspace")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sa.UniqueConstraint("uid", name=op.f("uq_outbox_uid")),
    )
    op.create_index(
        "ix_outbox_leased",
        "outbox",
        ["workspace", "lane", "target"],
        unique=False,
        sqlite_where=sa.text("state = 'leased'"),
        postgresql_where=sa.text("state = 'leased'"),
    )
    op.create_index(
        "ix_outbox_owed",
        "outbox",
        ["workspace", "lane", "priority", "id"],
        unique=False,
        sqlite_where=sa.text("done_at IS NULL"),
        postgresql_where=sa.text("done_at IS NULL"),
    )
    op.create_index(
        "ix_outbox_parked",
        "outbox",
        ["workspace", "id"],
        unique=False,
        sqlite_where=sa.text("state = 'parked'"),
        postgresql_where=sa.text("state = 'parked'"),
    )
    op.create_index(
        "ix_outbox_stream",
        "outbox",
        ["workspace", "stream", "id"],
        unique=False,
        sqlite_where=sa.text("done_at IS NULL"),
        postgresql_where=sa.text("done_at IS NULL"),
    )
    op.create_index(
        "uq_outbox_key",
        "outbox",
        ["workspace", "key"],
        unique=True,
        sqlite_where=sa.text("state = 'pending' AND key <> ''"),
        postgresql_where=sa.text("state = 'pending' AND key <> ''"),
    )
    op.create_table(
        "person",
        sa.Column("id", BIG_ID, autoincrement=True, nullable=False),
        sa.Column("workspace", sa.Integer(), nullable=False),
        sa.Column("slack_user", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("zone", sa.String(), nullable=False),
        sa.Column("deactivated", sa.Boolean(), nullable=False),
        sa.Column("guest", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["workspace"], ["workspace.id"], name=op.f("fk_person_workspace")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
        sa.UniqueConstraint("workspace", "slack_user", name=op.f("uq_person_workspace_slack_user")),
    )
    op.create_table(
        "roster",
        sa.Column("id", BIG_ID, autoincrement=True, nullable=False),
        sa.Column("workspace", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["workspace"], ["workspace.id"], name=op.f("fk_roster_workspace")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roster")),
        sa.UniqueConstraint("workspace", "name", name=op.f("uq_roster_workspace_name")),
    )
    op.create_table(
        "work_order",
        sa.Column("id", BIG_ID, autoincrement=True, nullable=False),
        sa.Column("workspace", sa.Integer(), nullable=False),
        sa.Column("connection", sa.String(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("shop_id", sa.String(), nullable=False),
        sa.Column("class_code", sa.String(), nullable=False),
        sa.Column("profile", sa.String(), nullable=False),
        sa.Column("profile_version", sa.String(), nullable=False),
        sa.Column("received_at", INSTANT, nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("due_at", INSTANT, nullable=False),
        sa.Column("next_look_at", INSTANT, nullable=True),
        sa.Column("claimed_by", sa.String(), nullable=False),
        sa.Column("told_at", INSTANT, nullable=True),
        sa.Column("due_differs", sa.Boolean(), nullable=False),
        sa.Column("kin_consumer", sa.String(), nullable=False),
        sa.Column("kin_subject", sa.String(), nullable=False),
        sa.CheckConstraint("number <> ''", name=op.f("ck_work_order_number")),
        sa.CheckConstraint(
            "state IN ('open', 'claimed', 'replied', 'accepted', 'transferred', 'closed', 'voided')",
            name=op.f("ck_work_order_state"),
        ),
        sa.ForeignKeyConstraint(["workspace"], ["workspace.id"], name=op.f("fk_work_order_workspace")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_work_order")),
        sa.UniqueConstraint(
            "workspace", "connection", "number", name=op.f("uq_work_order_workspace_connection_number")
        ),
    )
    op.create_index(
        "ix_work_order_differs",
        "work_order",
        ["workspace"],
        unique=False,
        sqlite_where=sa.text("due_differs AND state IN ('open', 'claimed', 'replied')"),
        postgresql_where=sa.text("due_differs AND state IN ('open', 'claimed', 'replied')"),
    )
    op.create_index(
        "ix_work_order_kin_consumer",
        "work_order",
        ["workspace", "kin_consumer"],
        unique=False,
        sqlite_where=sa.text("kin_consumer <> ''"),
        postgresql_where=sa.text("kin_consumer <> ''"),
    )
    op.create_index(
        "ix_work_order_kin_subject",
        "work_order",
        ["workspace", "kin_subject"],
        unique=False,
        sqlite_where=sa.text("kin_subject <> ''"),
        postgresql_where=sa.text("kin_subject <> ''"),
    )
    op.create_index(
        "ix_work_order_look",
        "work_order",
        ["workspace", "next_look_at"],
        unique=False,
        sqlite_where=sa.text("next_look_at IS NOT NULL"),
        postgresql_where=sa.text("next_look_at IS NOT NULL"),
    )
    op.create_index("ix_work_order_page", "work_order", ["workspace", "connection", "due_at", "number"], unique=False)
    op.create_index(
        "ix_work_order_unfinished",
        "work_order",
        ["workspace", "channel", "due_at"],
        unique=False,
        sqlite_where=sa.text("state IN ('open', 'claimed', 'replied')"),
        postgresql_where=sa.text("state IN ('open', 'claimed', 'replied')"),
    )
    op.create_table(
        "entry",
        sa.Column("id", BIG_ID, autoincrement=True, nullable=False),
        sa.Column("workspace", sa.Integer(), nullable=False),
        sa.Column("order_id", BIG_ID, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("data", sa.Text(), nullable=False),
        sa.CheckConstraint("key <> ''", name=op.f("ck_entry_key")),
        sa.ForeignKeyConstraint(["order_id"], ["work_order.id"], name=op.f("fk_entry_order_id")),
        sa.ForeignKeyConstraint(["workspace"], ["workspace.id"], name=op.f("fk_entry_workspace")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_entry")),
        sa.UniqueConstraint("order_id", "key", name=op.f("uq_entry_order_id_key")),
    )
    op.create_index(
        "ix_entry_calls",
        "entry",
        ["workspace", "at"],
        unique=False,
        sqlite_where=sa.text("kind IN ('told', 'reminded')"),
        postgresql_where=sa.text("kind IN ('told', 'reminded')"),
    )
    op.execute("INSERT INTO workspace (id, name) VALUES (1, 'default')")


def downgrade() -> None:
    for table in (
        *(
            "entry",
            "work_order",
            "inbox",
            "outbox",
            "person",
            "membership",
            "roster",
            "ledger",
            "deadline",
            "once",
            "note",
        ),
        "workspace",
    ):
        op.drop_table(table)
