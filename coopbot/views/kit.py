"""The appeal kit to read and to check: a page, its records, and what is said when they are handed over."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from coopbot.domain.kit import written
from coopbot.ports import Translate
from coopbot.views.kit_page import Document, page

Files = Sequence[tuple[str, str]]
"""Names and contents."""
Words = Callable[[Translate], str]


def files(document: Document, t: Translate) -> Files:
    """The page and the records, named by the penalty."""
    ref = str(document["records"][0]["data"]["ref"])
    name = "appeal-" + "".join(c if c.isalnum() or c in "-_" else "-" for c in ref)[:60]
    return [(f"{name}.html", page(document, t)), (f"{name}.json", written(document))]


def handed_over(document: Document, t: Translate) -> str:
    """With the last hash: who wants to alter the records would have to alter this message too."""
    n = sum(record["kind"] == "gap" for record in document["records"])
    said = t("The appeal kit: a page to read, and the records to check.")
    head = t("Head {hash}", hash=f"`{document['head']}`")
    return "\n".join((f"{said} {t('Gaps: {n}', n=n)}", head))


def appeal_recorded(t: Translate) -> str:
    return t("Recorded: appealed, reminders end. If it is lost, press Appeal lost; a revocation comes by itself.")


def exam_recorded(t: Translate) -> str:
    return t("Recorded: an exam took these points away.")


def loss_recorded(t: Translate) -> str:
    return t("Recorded: the appeal is lost, the penalty stands.")
