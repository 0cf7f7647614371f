"""Files that came with an answer or a report: fetching them is owed, then they are stored, or lost with a word.

An answer waits for its files: in the outbox they stand before it, in one stream. A report waits for nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime

from coopbot.domain.files import File, HandedIn, expected
from coopbot.domain.intent import Intent, Owed, Priority, What
from coopbot.domain.outage import FiledOutage
from coopbot.domain.team import Desk, ShopKey
from coopbot.domain.work_order import Entry, Kind, OrderKey, Reply, ReplyState
from coopbot.ports import Tx
from coopbot.services import drafts
from coopbot.services.alarm import alarm
from coopbot.services.attachments import OF_OUTAGE, OF_REPLY
from coopbot.services.change import change, load, owe_note
from coopbot.services.telling import tell_people

SLACK = "slack"
"""Where the files of answers are fetched from: so many at once as the worker allows one target."""
OURS_TO_MEND = frozenset({"missing_scope", "login_page", "not_allowed_token_type", "no_permission"})
"""Reasons for which Slack hands over nobody's files until the operator does something."""


def owe(
    tx: Tx, now: datetime, by: str, owner: str, handed: Sequence[HandedIn], order: OrderKey | None = None
) -> tuple[File, ...]:
    """Expect these files of ``owner`` and owe their fetching; ``order`` is whose messages are to wait for them."""
    if not handed:
        return ()
    files = expected(owner, by, now, handed)
    tx.files.expect(files)
    target = SLACK if order is not None else owner
    tx.outbox.add([Intent(What.FETCH, target, Priority.REPLY, order, file.id, {"file": file.id}) for file in files])
    return files


def give_up(tx: Tx, owner: str, why: str, now: datetime) -> None:
    """Nobody wants them any more: what is not on its way is not fetched."""
    for file in tx.files.of(owner):
        tx.outbox.withdraw(What.FETCH, file.id, why, now)


def fetched(tx: Tx, now: datetime, owed: Owed, real: datetime, content: bytes) -> bool:
    """The bytes are here: stored once, with their hash."""
    if not tx.outbox.sent(owed, real):
        return False
    tx.files.store(str(owed.intent.args["file"]), hashlib.sha256(content).hexdigest(), content, now)
    return True


def lost(tx: Tx, now: datetime, desk: Desk, owed: Owed, real: datetime, code: str, detail: str = "") -> bool:
    """They can't be had. An answer never leaves without its files: its author gets the text back, and is told why."""
    why = f"{code} {detail}".strip()
    if not tx.outbox.drop(owed, real, why):
        return False
    file = tx.files.known([str(owed.intent.args["file"])])[str(owed.intent.args["file"])]
    tx.files.lose(file.id, why)
    if file.owner.startswith(OF_REPLY) and owed.intent.order is not None:
        _not_answered(tx, now, desk, owed.intent.order, file, real, code)
    elif file.owner.startswith(OF_OUTAGE):
        _not_proven(tx, desk, file, code)
    if code in OURS_TO_MEND and tx.once.first(f"alarm:files:{code}:{real:%Y-%m-%dT%H}", real):
        alarm(tx, desk, "files_refused", key=code, code=code, reason=why)
    return True


def _not_answered(tx: Tx, now: datetime, desk: Desk, key: OrderKey, file: File, real: datetime, code: str) -> None:
    order = load(tx, key)
    reply = order.reply(file.owner.removeprefix(OF_REPLY))
    if reply is None or reply.state is not ReplyState.QUEUED:
        return
    tx.outbox.withdraw(What.REPLY, reply.reply_id, "a file of it could not be had", real)
    give_up(tx, file.owner, "another file of the answer could not be had", real)
    data = {"reply_id": reply.reply_id, "reason": f"{file.name}: {code}"}
    entry = Entry(Kind.REPLY_FAILED, now, f"failed:{reply.reply_id}", "coopbot", data)
    order = change(tx, now, desk, order, [entry])
    _keep_words(tx, now, key, reply)
    owe_note(
        tx, desk, order, "file_lost", mention=[reply.by], by=reply.by, file=file.name, why=code, text=reply.text,
    )  # fmt: skip


def _keep_words(tx: Tx, now: datetime, key: OrderKey, reply: Reply) -> None:
    """Free text comes back in the modal; a preset's is made anew from its fields."""
    if reply.preset_code is None:
        drafts.keep(tx, now, reply.by, key, reply.text)


def _not_proven(tx: Tx, desk: Desk, file: File, code: str) -> None:
    """The report has long been sent; whoever has the proof is to keep it, and hand it in by hand."""
    kept = tx.notes.get(f"{OF_OUTAGE}{file.owner.removeprefix(OF_OUTAGE)}")
    shops = FiledOutage.from_json(kept).shops if kept is not None else ()
    if shops:
        shop = ShopKey(*shops[0].split(":", 1))
        tell_people(tx, desk, shop, [file.by], "evidence_lost", file=file.name, why=code)
