"""A process whose machine's clock stands where a test puts it (libfaketime); its monotonic clock goes on."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

_LIBRARY = next(Path("/usr/lib").glob("*/faketime/libfaketime.so.1"), None)


def is_here() -> bool:
    return _LIBRARY is not None


def needs_faketime() -> None:
    """Skips where the library is not installed; in CI it must be."""
    if _LIBRARY is None and not os.environ.get("CI"):
        pytest.skip("libfaketime is not installed (Debian's package libfaketime)")


def wrong_by(offset: str) -> dict[str, str]:
    """The environment of a process whose clock is wrong by so much, ``+1h``."""
    return {"LD_PRELOAD": str(_LIBRARY), "FAKETIME": offset, "FAKETIME_DONT_FAKE_MONOTONIC": "1"}


class StandingClock:
    """A machine's clock that stands still until it is put somewhere else."""

    def __init__(self, file: Path, at: datetime) -> None:
        self._file = file
        self.put(at)

    def put(self, at: datetime) -> None:
        self.at = at
        fresh = self._file.with_suffix(".new")
        fresh.write_text(f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S}\n", encoding="ascii")
        fresh.replace(self._file)  # whole or not at all: it is read at every look at the clock

    def environment(self) -> dict[str, str]:
        more = {"FAKETIME_TIMESTAMP_FILE": str(self._file), "FAKETIME_NO_CACHE": "1", "TZ": "UTC"}
        return {"LD_PRELOAD": str(_LIBRARY), "FAKETIME_DONT_FAKE_MONOTONIC": "1", **more}
