"""Canonical JSON: what makes two bodies "the same" (platform-api.md, Intake)."""

from __future__ import annotations

import hashlib
from typing import Any

import orjson

DEEPEST = 32
"""Levels of nesting. The contract needs five; a body made of brackets alone must not cost a stack."""


class NotPlain(ValueError):
    """A value that can't be kept; ``path`` says where it stands, as keys and indexes."""

    def __init__(self, path: tuple[str | int, ...], message: str) -> None:
        super().__init__(message)
        self.path = path
        self.message = message


def plain(value: Any, path: tuple[str | int, ...] = ()) -> Any:
    """Parsed JSON with one form for every number: ``1``, ``1.0`` and ``1e0`` become ``1``.

    Raises NotPlain for text with U+0000, which PostgreSQL can't store, and for nesting beyond DEEPEST.
    """
    kind = type(value)
    if kind is str:
        if "\x00" in value:
            raise NotPlain(path, "contains the character U+0000")
        return value
    if kind is float:
        # 2**63 and beyond, the parser has floats only: there both spellings are one already.
        return int(value) if value.is_integer() and abs(value) < 2**63 else value
    if kind is dict or kind is list:
        if len(path) >= DEEPEST:
            raise NotPlain(path[:3], f"is nested deeper than {DEEPEST} levels")
        if kind is list:
            return [plain(item, (*path, index)) for index, item in enumerate(value)]
        for key in value:
            if "\x00" in key:
                raise NotPlain(path, "has a key with the character U+0000")
        return {key: plain(item, (*path, key)) for key, item in value.items()}
    return value


def digest(event_type: str, data: Any) -> str:
    """SHA-256 (hex) of the canonical JSON of type and ``plain`` data: keys sorted, no white space, UTF-8."""
    body = orjson.dumps({"data": data, "type": event_type}, option=orjson.OPT_SORT_KEYS)
    return hashlib.sha256(body).hexdigest()
