"""Files that people hand in with an answer or an outage report: what is taken, and what is known of each."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any

from coopbot.errors import Refusal

MB = 1024 * 1024
MOST_AT_ONCE = 10
"""What Slack's file input takes at most (slack.md A1)."""
LARGEST_MB = 10
"""Slack's file input takes none larger (docs.slack.dev, file input element)."""

TYPES: Mapping[str, str] = MappingProxyType(
    {
        "jpg": "image/jpeg",
        "jpeg": "image/jpeg",
        "png": "image/png",
        "gif": "image/gif",
        "webp": "image/webp",
        "heic": "image/heic",
        "bmp": "image/bmp",
        "pdf": "application/pdf",
        "txt": "text/plain; charset=utf-8",
        "csv": "text/csv; charset=utf-8",
        "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "mp3": "audio/mpeg",
        "m4a": "audio/mp4",
        "mp4": "video/mp4",
        "mov": "video/quicktime",
        "zip": "application/zip",
    }
)
"""Types that can be allowed, by the ending of the name, and as what each is passed on. Nothing that a browser runs."""
USUAL = ("jpg", "jpeg", "png", "gif", "webp", "heic", "bmp", "pdf", "txt", "csv", "docx", "xlsx", "mp4", "mov")


@dataclass(frozen=True, slots=True)
class FileRules:
    """What is taken (coopbot.toml, ``[files]``)."""

    largest: int = 10 * MB
    """Bytes of one file."""
    types: tuple[str, ...] = USUAL
    """Endings of names, of :data:`TYPES`."""
    link_for: timedelta = timedelta(days=30)
    """How long a link that was passed on works, in real time."""


USUAL_RULES = FileRules()


@dataclass(frozen=True, slots=True)
class HandedIn:
    """A file in Slack, as its modal named it."""

    source: str
    """Slack's id."""
    name: str
    size: int = 0
    """Bytes, as Slack says; 0 where it does not."""

    def to_json(self) -> dict[str, Any]:
        return {"source": self.source, "name": self.name, "size": self.size}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> HandedIn:
        return cls(str(data["source"]), str(data["name"]), int(data.get("size") or 0))


@dataclass(frozen=True, slots=True)
class File:
    """A file that an answer or a report has, and whether its bytes are here."""

    id: str
    owner: str
    """``reply:<id>``, ``outage:<id>``: what it was handed in with."""
    source: str
    name: str
    by: str
    at: datetime
    mime: str = ""
    size: int = 0
    """Bytes: as Slack said until it is stored, then as counted."""
    sha256: str = ""
    """Of the bytes, in hex; empty until they are here."""
    stored_at: datetime | None = None
    why: str = ""
    """Why it will never come; empty otherwise."""

    @property
    def here(self) -> bool:
        return self.stored_at is not None


def file_id(owner: str, source: str) -> str:
    """The same for the same file of the same answer: handed in twice by a redelivery, it is one."""
    return f"f-{hashlib.sha256(f'{owner}/{source}'.encode()).hexdigest()[:24]}"


def expected(owner: str, by: str, at: datetime, handed: Sequence[HandedIn]) -> tuple[File, ...]:
    """What is known of them before their bytes are here; one that is handed in twice counts once."""
    files = [
        File(file_id(owner, each.source), owner, each.source, each.name, by, at, mime_of(each.name), each.size)
        for each in handed
    ]
    return tuple({file.id: file for file in files}.values())


def ending_of(name: str) -> str:
    """``pdf`` of ``Bill.PDF``; empty where there is none."""
    return name.rpartition(".")[2].lower() if "." in name else ""


def mime_of(name: str) -> str:
    """As what a file of this name is passed on: by our own table, never by what somebody says of it."""
    return TYPES.get(ending_of(name), "application/octet-stream")


def must_fit(handed: Sequence[HandedIn], rules: FileRules, block: str) -> None:
    """Raises Refusal, naming the modal's ``block``, for files that could not be passed on."""
    if len(handed) > MOST_AT_ONCE:
        raise Refusal("too_many_files", block=block, limit=MOST_AT_ONCE)
    for each in handed:
        if ending_of(each.name) not in rules.types:
            raise Refusal("file_type", block=block, file=each.name, types=" ".join(rules.types))
        if each.size > rules.largest:
            raise Refusal("file_too_large", block=block, file=each.name, limit=rules.largest // MB)
