"""A process whose machine's clock is wrong (libfaketime); its monotonic clock goes on."""

from __future__ import annotations

import os
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
