"""Force majeure: who tells the platform's operations manager at once is spared (domain.md §1)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from coopbot.domain.facts import instant


class OutageKind(StrEnum):
    POWER = "power"
    NETWORK = "network"
    WEATHER = "weather"
    EPIDEMIC = "epidemic"
    OTHER = "other"


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

    def to_json(self) -> dict[str, Any]:
        """Plain JSON: what the store keeps and an intent carries."""
        data = asdict(self)
        data["at"] = self.at.isoformat()
        data["report"] = {
            **data["report"],
            "kind": self.report.kind.value,
            "since": self.report.since.isoformat(),
            "until": self.report.until.isoformat() if self.report.until else None,
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
            ),
            team=data["team"],
            by=data["by"],
            by_name=data["by_name"],
            at=instant(data["at"]),
            shops=tuple(data["shops"]),
            orders=tuple(data["orders"]),
            sent_to=tuple(data["sent_to"]),
        )
