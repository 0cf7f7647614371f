"""What is said of files that people attach: their names, and why one could not be had."""

from __future__ import annotations

from collections.abc import Sequence

from coopbot.views.pen import Pen, msgid

WHY_LOST = {
    "login_page": msgid("Slack asked for a login in its place"),
    "missing_scope": msgid("the app may not read files"),
    "no_permission": msgid("the app may not read this file"),
    "file_not_found": msgid("it is not in Slack any more"),
    "file_deleted": msgid("it was deleted in Slack"),
    "not_in_slack": msgid("it is kept outside of Slack"),
    "too_large": msgid("it is too large"),
    "empty": msgid("it is empty"),
    "not_to_be_had": msgid("Slack did not hand it over in several tries"),
}


def why_lost(code: str, pen: Pen) -> str:
    """The reason in words; Slack's own code where it is a new one."""
    return pen.t(WHY_LOST[code]) if code in WHY_LOST else pen.text(code.replace("_", " "), 60)


def attached(names: Sequence[str], pen: Pen) -> str:
    """One line of names."""
    shown = pen.t(", ").join(pen.text(name, 80) for name in names[:10])
    return pen.t("Attached: {files}", files=shown)
