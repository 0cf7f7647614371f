"""The lines of an iCalendar file as an editor counts them, so that what is wrong can be found there (RFC 5545)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from coopbot.errors import Mistake


@dataclass
class Place:
    """Where an event stands in the file."""

    line: int
    properties: dict[str, int] = field(default_factory=dict)
    """The line of each of its properties, by name."""

    def of(self, name: str) -> int:
        return self.properties.get(name, self.line)


def scan(text: str) -> tuple[list[Place], list[Mistake]]:
    """The events in their sequence, and what is wrong with the file's skeleton."""
    events: list[Place] = []
    mistakes: list[Mistake] = []
    open_parts: list[tuple[str, int]] = []
    for number, line in _unfolded(text):
        name, colon, value = line.partition(":")
        name = name.partition(";")[0].strip().upper()
        if not open_parts and (name, value.strip().upper()) != ("BEGIN", "VCALENDAR"):
            return events, [Mistake("BEGIN:VCALENDAR", "is missing; this is no iCalendar file", number)]
        if not colon:
            mistakes.append(Mistake(line[:40], "is no property: it has no colon", number))
        elif name == "BEGIN":
            open_parts.append((value.strip().upper(), number))
            if open_parts[-1][0] == "VEVENT":
                events.append(Place(number))
        elif name == "END" and open_parts.pop()[0] != value.strip().upper():
            return events, [*mistakes, Mistake(line, "ends what did not begin last", number)]
        elif open_parts and open_parts[-1][0] == "VEVENT":
            events[-1].properties.setdefault(name, number)
    if open_parts:
        part, number = open_parts[-1]
        mistakes.append(Mistake(f"BEGIN:{part}", "has no end: the file is cut off", number))
    elif not mistakes and not text.strip():
        mistakes.append(Mistake("BEGIN:VCALENDAR", "is missing; the file is empty", 1))
    return events, mistakes


def _unfolded(text: str) -> Iterator[tuple[int, str]]:
    """Logical lines with the number of their first physical one; a line that begins with a blank goes on the last."""
    held: tuple[int, str] | None = None
    for number, line in enumerate(text.splitlines(), 1):
        if line[:1] in (" ", "\t") and held is not None:
            held = (held[0], held[1] + line[1:])
            continue
        if held is not None:
            yield held
        held = (number, line) if line.strip() else None
    if held is not None:
        yield held
