"""How the sandbox says no: Slack's error names, and the control API's own."""

from __future__ import annotations

from typing import Any


class Refused(Exception):
    """A Web API call is answered ``ok: false`` with this error name; ``extra`` joins the answer."""

    def __init__(self, error: str, **extra: Any) -> None:
        super().__init__(error)
        self.error = error
        self.extra = extra

    @staticmethod
    def because(error: str, *messages: str) -> Refused:
        """With Slack's explanations, such as the JSON pointer of a fault."""
        extra: dict[str, Any] = {"errors": list(messages)} if error == "invalid_blocks" else {}
        return Refused(error, **extra, response_metadata={"messages": [f"[ERROR] {m}" for m in messages]})


class RateLimited(Exception):
    """429, with the seconds after which to come again."""

    def __init__(self, retry_after: int) -> None:
        super().__init__(f"retry after {retry_after} s")
        self.retry_after = retry_after


class Impossible(Exception):
    """The control API was asked for what a person could not do (409), or for what is not there (404)."""

    def __init__(self, error: str, detail: str = "", status: int = 409) -> None:
        super().__init__(f"{error} {detail}".strip())
        self.error = error
        self.detail = detail
        self.status = status

    @staticmethod
    def unknown(what: str, which: str) -> Impossible:
        return Impossible(f"{what}_not_found", which, 404)
