"""Files that people handed in. Their bytes are in a table of their own, read by one hash at a time (ADR 0010)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select, update

from coopbot.domain.files import File
from coopbot.store.bulk import Insert
from coopbot.store.session import Session
from coopbot.store.statement import Statement, among
from coopbot.store.tables import BLOB, FILE

_FIELDS = ("key", "owner", "source", "name", "by", "at", "mime", "size", "sha256", "stored_at", "why")
_HERE = FILE.c.workspace == bindparam("workspace")
_ANY = select(*(FILE.c[name] for name in _FIELDS)).where(_HERE)
_KNOWN = Statement(_ANY.where(among(FILE.c.key, "ids")))
_OF = Statement(_ANY.where(FILE.c.owner == bindparam("its_owner")).order_by(FILE.c.id))
_EXPECT = Insert(FILE, ("workspace", *_FIELDS), once="ON CONFLICT (workspace, key) DO NOTHING")
_KEEP = Insert(BLOB, ("workspace", "sha256", "content"), once="ON CONFLICT (workspace, sha256) DO NOTHING")
_AWAITED = (_HERE, FILE.c.key == bindparam("its_key"), FILE.c.stored_at.is_(None))
_STORED = Statement(
    update(FILE)
    .where(*_AWAITED)
    .values(
        sha256=bindparam("its_sha256"),
        size=bindparam("its_size", type_=FILE.c.size.type),
        stored_at=bindparam("now", type_=FILE.c.stored_at.type),
        why="",
    )
)
_LOST = Statement(update(FILE).where(*_AWAITED).values(why=bindparam("its_why")))
_CONTENT = Statement(
    select(BLOB.c.content)
    .join(FILE, (FILE.c.workspace == BLOB.c.workspace) & (FILE.c.sha256 == BLOB.c.sha256))
    .where(_HERE, FILE.c.key == bindparam("its_key"))
)


class Files:
    def __init__(self, session: Session) -> None:
        self._session = session

    def expect(self, files: Sequence[File]) -> None:
        self._session.insert(_EXPECT, [self._line(file) for file in files])

    def known(self, ids: Sequence[str]) -> Mapping[str, File]:
        return {row[0]: File(*row) for row in self._session.all(_KNOWN, ids=[*ids])} if ids else {}

    def of(self, owner: str) -> Sequence[File]:
        return [File(*row) for row in self._session.all(_OF, its_owner=owner)]

    def store(self, id: str, sha256: str, content: bytes, now: datetime) -> None:
        self._session.insert(_KEEP, [{"workspace": self._session.workspace, "sha256": sha256, "content": content}])
        self._session.change(_STORED, its_key=id, its_sha256=sha256, its_size=len(content), now=now)

    def lose(self, id: str, why: str) -> None:
        self._session.change(_LOST, its_key=id, its_why=why)

    def content(self, id: str) -> bytes | None:
        row = self._session.one(_CONTENT, its_key=id)
        return bytes(row[0]) if row else None

    def _line(self, file: File) -> dict[str, Any]:
        values = {name: getattr(file, "id" if name == "key" else name) for name in _FIELDS}
        return {"workspace": self._session.workspace, **values}
