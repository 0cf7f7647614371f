"""What an answer carries: only what can be passed on, and never less than its preset asks for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from coopbot.domain.field import ATTACHMENT
from coopbot.domain.files import HandedIn, must_fit
from coopbot.domain.scene import Preset
from coopbot.domain.team import Desk
from coopbot.domain.work_order import Reply, WorkOrder
from coopbot.errors import Refusal, Trouble
from coopbot.ports import Tx

OF_REPLY, OF_OUTAGE = "reply:", "outage:"
"""Begin the owner of a reply's and of a report's files."""
BLOCK = f"field:{ATTACHMENT}"
"""The modal's input."""


def must_carry(desk: Desk, order: WorkOrder, preset: Preset | None, handed: Sequence[HandedIn]) -> None:
    """Raises Refusal, naming the input, for files that can't be passed on, and for a preset without the file that it
    requires."""
    rules = desk.rules_for(order)
    wanted = preset is not None and ATTACHMENT in preset.requires
    taken = desk.passes_on
    if taken is None:
        if wanted or handed:
            raise Refusal("no_files_here", path=dict(rules.console_path), url=order.facts.console_url)
        return
    if wanted and not handed:
        raise Refusal("missing_field", field=ATTACHMENT, block=BLOCK)
    must_fit(handed, taken, BLOCK)


def passed_on(tx: Tx, desk: Desk, reply: Reply, since: datetime) -> list[dict[str, Any]]:
    """The files of a reply as the platform gets them (platform-api.md, Replies); ``since`` is real time, the same for
    every try, so that the links are too. Raises Trouble while one is not here: no answer leaves without its files."""
    if not reply.files:
        return []
    files = tx.files.of(f"{OF_REPLY}{reply.reply_id}")
    if desk.links is None or len(files) < len({each.source for each in reply.files}) or not all(f.here for f in files):
        raise Trouble(f"reply {reply.reply_id} has files that can't be passed on")
    until = since + desk.files.link_for
    return [
        {"name": f.name, "url": desk.links.to(f.id, until), "mime": f.mime, "sha256": f.sha256, "size": f.size}
        for f in files
    ]


def evidence(tx: Tx, desk: Desk, outage: str, since: datetime) -> list[dict[str, Any]]:
    """The files of an outage report for the operations manager: with links where files can be passed on."""
    shown = []
    for file in tx.files.of(f"{OF_OUTAGE}{outage}"):
        link = {"url": desk.links.to(file.id, since + desk.files.link_for)} if desk.links is not None else {}
        shown.append({"name": file.name, "mime": file.mime, **link})
    return shown
