"""Force majeure: who tells the platform's operations manager at once is spared (domain.md §1)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from coopbot.domain.facts import instant
from coopbot.domain.files import HandedIn


class OutageKind(StrEnum):
    POWER = "power"
    NETWORK = "network"
    WEATHER = "weather"
    EPIDEMIC = "epidemic"
    OTHER = "other"


class Decision(StrEnum):
    """What the platform made of a report."""

    PENDING = "pending"
    GRANTED = "granted"
    REFUSED = "refused"
    SILENT = "silent"
    """It has not said anything in its time; a word may still come."""


@dataclass(frozen=True, slots=True)
class OutageReport:
    """What somebody in the team says has happened."""

    kind: OutageKind
    since: datetime
    until: datetime | None = None
    """Expected end, where one is known."""
    note: str = ""
    shops: tuple[str, ...] = ()
    """Shop keys; empty: every shop of the team."""
    files: tuple[HandedIn, ...] = ()
    """Evidence."""


@dataclass(frozen=True, slots=True)
class End:
    """Somebody's word that it is over."""

    at: datetime
    by: str
    by_name: str
    recorded_at: datetime

    def to_json(self) -> dict[str, Any]:
        return {**asdict(self), "at": self.at.isoformat(), "recorded_at": self.recorded_at.isoformat()}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> End:
        return cls(instant(data["at"]), data["by"], data["by_name"], instant(data["recorded_at"]))


@dataclass(frozen=True, slots=True)
class FiledOutage:
    """A report with who filed it and when: that moment is what the platform will ask for."""

    id: str
    report: OutageReport
    team: str
    by: str
    by_name: str
    at: datetime
    shops: tuple[str, ...]
    orders: tuple[str, ...]
    """Numbers of the open orders of those shops at that time."""
    sent_to: tuple[str, ...] = ()
    """Slack users and webhooks that it was sent to; empty: the text has to be pasted by hand."""
    decision: Decision = Decision.PENDING
    decided_by: str = ""
    """Who recorded it; empty when silence was."""
    decided_at: datetime | None = None
    ends: tuple[End, ...] = ()
    """When it was over, each word that was given on it; the last one counts."""

    @property
    def over_at(self) -> datetime | None:
        """When it was over by somebody's word; None while it lasts."""
        return self.ends[-1].at if self.ends else None

    def covers(self, due_at: datetime) -> bool:
        """Whether a due time lies in it: up to its end, else the expected one, else all behind its beginning."""
        until = self.over_at or self.report.until
        return self.report.since <= due_at and (until is None or due_at <= until)

    def to_json(self) -> dict[str, Any]:
        """Plain JSON: what the store keeps and an intent carries."""
        data = asdict(self)
        data["at"] = self.at.isoformat()
        data["decision"] = self.decision.value
        data["decided_at"] = self.decided_at.isoformat() if self.decided_at else None
        data["ends"] = [end.to_json() for end in self.ends]
        data["report"] = {
            **data["report"],
            "kind": self.report.kind.value,
            "since": self.report.since.isoformat(),
            "until": self.report.until.isoformat() if self.report.until else None,
            "files": [each.to_json() for each in self.report.files],
        }
        return data

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> FiledOutage:
        report = data["report"]
        return cls(
            id=data["id"],
            report=OutageReport(
                kind=OutageKind(report["kind"]),
                since=instant(report["since"]),
                until=instant(report["until"]) if report["until"] else None,
                note=report["note"],
                shops=tuple(report["shops"]),
                files=tuple(HandedIn.from_json(each) for each in report.get("files") or ()),
            ),
            team=data["team"],
            by=data["by"],
            by_name=data["by_name"],
            at=instant(data["at"]),
            shops=tuple(data["shops"]),
            orders=tuple(data["orders"]),
            sent_to=tuple(data["sent_to"]),
            decision=Decision(data.get("decision") or "pending"),
            decided_by=data.get("decided_by") or "",
            decided_at=instant(data["decided_at"]) if data.get("decided_at") else None,
            ends=tuple(End.from_json(each) for each in data.get("ends") or ()),
        )
