"""The appeal kit to read and to check: a page, its records, and what is said when they are handed over."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from html import escape
from pathlib import Path
from string import Template
from typing import Any

from coopbot.ports import Translate
from coopbot.views.pen import msgid

Document = Mapping[str, Any]
Files = Sequence[tuple[str, str]]
"""Names and contents."""
Words = Callable[[Translate], str]

KINDS = {
    "penalty": msgid("Penalty"),
    "ledger": msgid("Ledger"),
    "policy": msgid("Rules"),
    "due": msgid("Due time"),
    "sent": msgid("Message sent"),
    "outage": msgid("Outage report"),
    "file": msgid("File"),
    "gap": msgid("Gap"),
    "raised": msgid("Raised"),
    "told": msgid("Shown in the channel"),
    "claimed": msgid("Claimed"),
    "released": msgid("Released"),
    "handed_over": msgid("Handed over"),
    "taken_over": msgid("Taken over"),
    "moved": msgid("Given to another team"),
    "approval_asked": msgid("Approval asked for"),
    "approval_given": msgid("Reply approved"),
    "approval_declined": msgid("Reply not approved"),
    "approval_overridden": msgid("Sent without approval"),
    "approval_withdrawn": msgid("Approval not wanted any more"),
    "reply_queued": msgid("Reply given"),
    "reply_delivered": msgid("Reply taken by the platform"),
    "reply_accepted": msgid("Reply accepted"),
    "reply_rejected": msgid("Reply rejected"),
    "reminded": msgid("Reminded"),
    "promise_kept": msgid("Promise kept"),
    "promise_broken": msgid("Promise broken"),
    "promise_handed_over": msgid("Promise handed over"),
    "promise_moved": msgid("Promise replaced"),
    "recalled": msgid("Raised again"),
    "breached": msgid("Late"),
    "outage_reported": msgid("Outage reported"),
    "outage_granted": msgid("Outage granted"),
}
"""Kinds of records that have a name of their own; the others are called by their code."""

PAGE = Template((Path(__file__).parent / "kit.html").read_text(encoding="utf-8"))


def files(document: Document, t: Translate) -> Files:
    """The page and the records, named by the penalty."""
    ref = "".join(c if c.isalnum() or c in "-_" else "-" for c in str(_penalty(document)["ref"]))[:60]
    records = json.dumps(document, ensure_ascii=False, indent=1)
    return [(f"appeal-{ref}.html", page(document, t)), (f"appeal-{ref}.json", records)]


def page(document: Document, t: Translate) -> str:
    """The kit as HTML without scripts or anything from outside. Every value is escaped."""
    penalty = _penalty(document)
    title = escape(t("Appeal kit: penalty {ref}", ref=penalty["ref"]))
    notes = [t("Every record carries the hash of the one before: {command} checks the file.", command=VERIFY)]
    if penalty["masked"]:
        notes.append(t("The consumer's data is masked."))
    if any(record["kind"] == "file" for record in document["records"]):
        notes.append(t("Files are as they were handed in: nothing in them is masked."))
    gaps = sum(record["kind"] == "gap" for record in document["records"])
    notes.append(t("Gaps: {n}", n=gaps))
    columns = ("#", t("Time"), t("What"), t("Details"), t("Hash"))
    return PAGE.substitute(
        language=t.language,
        title=title,
        notes="".join(f"<p>{escape(note)}</p>" for note in notes),
        head="".join(f"<th>{escape(name)}</th>" for name in columns),
        rows="".join(_row(record, t) for record in document["records"]),
        last=escape(t("Head")),
        hash=escape(str(document["head"])),
    )


def handed_over(document: Document, t: Translate) -> str:
    n = sum(record["kind"] == "gap" for record in document["records"])
    said = t("The appeal kit: a page to read, and the records to check.")
    return f"{said} {t('Gaps: {n}', n=n)}"


def appeal_recorded(t: Translate) -> str:
    return t("Recorded: appealed. The clock ends; tell me when it is lost, a revocation comes by itself.")


def exam_recorded(t: Translate) -> str:
    return t("Recorded: an exam took these points away.")


def loss_recorded(t: Translate) -> str:
    return t("Recorded: the appeal is lost, the penalty stands.")


VERIFY = " ".join(("coopbot", "verify-kit"))


def _penalty(document: Document) -> Mapping[str, Any]:
    data: Mapping[str, Any] = document["records"][0]["data"]
    return data


def _row(record: Mapping[str, Any], t: Translate) -> str:
    kind = str(record["kind"])
    name = t(KINDS[kind]) if kind in KINDS else kind
    data = escape(json.dumps(record["data"], ensure_ascii=False, indent=1))
    mark = ' class="gap"' if kind == "gap" else ""
    return (
        f"<tr{mark}><td>{record['n']}</td><td>{escape(str(record['at']))}</td><td>{escape(name)}</td>"
        f"<td><pre>{data}</pre></td><td><code>{escape(str(record['hash']))}</code></td></tr>"
    )
