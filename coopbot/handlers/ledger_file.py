"""The ledger as a file, for the command line and for Slack."""

from __future__ import annotations

from collections.abc import Sequence

from coopbot.domain.ledger import LedgerEntry
from coopbot.domain.team import Desk
from coopbot.ports import Translate
from coopbot.services import export
from coopbot.views.ledger_sheets import sheets, summary_sheet

FORMATS = ("csv", "xlsx")


def content(kind: str, entries: Sequence[LedgerEntry], desk: Desk, t: Translate) -> bytes:
    """``entries`` in one of :data:`FORMATS`; CSV is for machines too, so that its headings are codes."""
    if kind == "csv":
        return export.as_csv(entries, desk).encode()
    from coopbot.handlers.workbook import workbook  # openpyxl is slow to import, and seldom needed

    first = summary_sheet(export.SUMMARY, export.summary(entries, desk), t)
    return workbook([first, *sheets(export.COLUMNS, export.rows(entries, desk), desk.profile, t)])
