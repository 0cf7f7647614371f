"""What a platform names by a code, a label or an alias: finding it, and the lines and kinds that are refused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Protocol, TypeVar

from coopbot.domain.reading import Labels, Reader, no_labels


class Named(Protocol):
    @property
    def labels(self) -> Labels: ...
    @property
    def aliases(self) -> tuple[str, ...]: ...


Entry = TypeVar("Entry", bound=Named)


@dataclass(frozen=True)
class Line:
    """A business line, merchant type or kind of order: how it is called, and where a refused one must be handled."""

    code: str
    labels: Labels
    aliases: tuple[str, ...] = ()
    accepted: bool = True
    where: Labels = field(default_factory=no_labels)
    reason: Labels = field(default_factory=no_labels)


def find_named(entries: Mapping[str, Entry], name: str) -> Entry | None:
    """By code first, then by any label or alias, case and surrounding space aside."""
    if name in entries:
        return entries[name]
    wanted = name.strip().casefold()
    for code, entry in entries.items():
        if wanted and wanted in {other.casefold() for other in (code, *entry.labels.values(), *entry.aliases)}:
            return entry
    return None


def read_lines(top: Reader, key: str) -> Mapping[str, Line]:
    lines: dict[str, Line] = {}
    for code, table in top.tables(key):
        accepted = table.flag("accepted", key == "merchant_types")
        lines[code] = Line(
            code=code,
            labels=table.labels("labels"),
            aliases=table.texts("aliases"),
            accepted=accepted,
            where=table.labels("where", needed=not accepted),
            reason=table.labels("reason", needed=False),
        )
        table.done()
    return MappingProxyType(lines)


def check_names(top: Reader, key: str, entries: Mapping[str, Named]) -> None:
    """A name that two entries share would make the answer depend on their order."""
    owners: dict[str, str] = {}
    for code, entry in entries.items():
        for name in {other.strip().casefold() for other in (code, *entry.labels.values(), *entry.aliases)}:
            if owners.setdefault(name, code) != code:
                top.wrong(f"{key}.{code}.aliases", f"{name!r} already names {owners[name]}")
