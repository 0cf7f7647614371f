"""One tree of errors that says whose fault it is (h11, httpx): the user's, the world's or the operator's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any


class CoopbotError(Exception):
    """Root of everything that coopbot raises on purpose."""


class Refusal(CoopbotError):
    """The user asked for what can't be done; says what to do instead.

    ``code`` names a sentence of the message catalogue, ``facts`` fill its placeholders, so that the same refusal
    reads well in the language of whoever gets it. Nothing has changed when it is raised.
    """

    def __init__(self, code: str, **facts: Any) -> None:
        super().__init__(code)
        self.code = code
        self.facts: Mapping[str, Any] = facts
        self.also: tuple[Refusal, ...] = ()
        """What else is wrong with the same form, each with the input that it is about in its facts."""

    def with_others(self, others: Sequence[Refusal]) -> Refusal:
        """The same, raised for several inputs of one form at once."""
        self.also = tuple(others)
        return self


class Trouble(CoopbotError):
    """The world failed (Slack, the platform, the database); ``retryable`` says whether trying again can help."""

    def __init__(self, what: str, *, retryable: bool = True, after: float | None = None) -> None:
        super().__init__(what)
        self.retryable = retryable
        self.after = after
        """Seconds to wait before the next try, where the other side named them."""


@dataclass(frozen=True)
class Mistake:
    """One thing wrong with a configuration or profile: where it stands and what is allowed there."""

    key: str
    message: str
    line: int | None = None

    def __str__(self) -> str:
        where = f"line {self.line}, {self.key}" if self.line else self.key
        return f"{where}: {self.message}"


@dataclass
class Misconfigured(CoopbotError):
    """The operator's mistakes, all of them at once."""

    source: str
    mistakes: Sequence[Mistake] = field(default_factory=list)

    def __str__(self) -> str:
        return "\n".join([self.source, *(f"  {mistake}" for mistake in self.mistakes)])


class StoreBusy(Trouble):
    """The store could not commit in time; nothing is half-done."""


class Conflict(Trouble):
    """Somebody else wrote the same thing first; who looks again sees it."""


class OldDatabase(CoopbotError):
    """The database's schema is not the one this program was written for; the text names the command that mends it."""


class TooLarge(CoopbotError):
    """A sender handed over more at once than the contract allows; the text says how much that is."""
