"""A toml file as text and data, and the lines on which its mistakes stand."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from coopbot.errors import Misconfigured, Mistake

_AT = re.compile(r"\s*\(at line (\d+), column (\d+)\)$")


def read_toml(path: Path) -> tuple[str, Mapping[str, Any]]:
    """Raises Misconfigured when there is nothing to read, or no TOML in it."""
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        raise _unreadable(path, "there is no such file; COOPBOT_CONFIG names another") from None
    except OSError as error:
        raise _unreadable(path, f"can't be read: {error.strerror or type(error).__name__}") from None
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise _unreadable(path, "is not UTF-8; save it as UTF-8", line) from None
    text = text.replace("\r\n", "\n")
    try:
        return text, tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = _AT.search(str(error))
        line = int(found[1]) if found else text.count("\n") + 1
        raise _unreadable(path, f"is not TOML: {_AT.sub('', str(error))}", line) from None
    except RecursionError:
        raise _unreadable(path, "is nested too deep") from None


def placed(mistakes: Iterable[Mistake], lines: Mapping[str, int]) -> list[Mistake]:
    """Each mistake on its line, in the order of the lines; one of a missing key on that of its table."""
    found = [Mistake(mistake.key, mistake.message, mistake.line or _line(mistake.key, lines)) for mistake in mistakes]
    return sorted(found, key=lambda mistake: mistake.line or 0)


def _line(key: str, lines: Mapping[str, int]) -> int | None:
    while key:
        if key in lines:
            return lines[key]
        key = key[: max(key.rfind("."), key.rfind("["), 0)]
    return None


def _unreadable(path: Path, message: str, line: int | None = None) -> Misconfigured:
    return Misconfigured(str(path), [Mistake(path.name, message, line)])
