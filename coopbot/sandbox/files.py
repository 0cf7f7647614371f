"""Files: asked for, uploaded, completed, downloaded."""

from __future__ import annotations

import itertools
import mimetypes
from dataclasses import dataclass, field
from urllib.parse import quote

from coopbot.sandbox.clock import SandboxClock
from coopbot.sandbox.records import JSON


@dataclass(slots=True)
class File:
    id: str
    name: str
    title: str
    length: int
    user: str
    created: int
    alt_text: str = ""
    snippet_type: str = ""
    content: bytes | None = None
    complete: bool = False
    deleted: bool = False
    channels: list[str] = field(default_factory=list)
    handed_to: set[str] = field(default_factory=set)
    """Apps that got it through a file input."""

    @property
    def mimetype(self) -> str:
        return mimetypes.guess_type(self.name)[0] or "application/octet-stream"


class Files:
    def __init__(self, clock: SandboxClock) -> None:
        self._clock = clock
        self._numbers = itertools.count(1)
        self.all: dict[str, File] = {}

    def ask(self, name: str, length: int, user: str) -> File:
        file = File(f"F0SANDBOX{next(self._numbers):03d}", name, name, length, user, int(self._clock.now()))
        self.all[file.id] = file
        return file

    def upload(self, name: str, content: bytes, user: str) -> File:
        """A person puts a file into a modal: nobody else sees it until they submit."""
        file = self.ask(name, len(content), user)
        file.content, file.complete = content, True
        return file

    def json(self, file_id: str, address: str) -> JSON:
        """As files.info answers it."""
        file = self.all[file_id]
        url = f"{address}/files/{file.id}/{quote(file.name)}"
        return {
            "id": file.id,
            "created": file.created,
            "timestamp": file.created,
            "name": file.name,
            "title": file.title,
            "mimetype": file.mimetype,
            "filetype": file.name.rpartition(".")[2],
            "pretty_type": "",
            "user": file.user,
            "editable": False,
            "size": file.length,
            "mode": "hosted",
            "is_external": False,
            "is_public": bool(file.channels),
            "alt_txt": file.alt_text,
            "url_private": url,
            "url_private_download": url,
            "permalink": url,
            "channels": list(file.channels),
            "groups": [],
            "ims": [],
            "comments_count": 0,
        }
