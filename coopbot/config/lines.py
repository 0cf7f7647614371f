"""On which line each key of a TOML text stands; the standard library's parser does not say.

The text has been parsed before, so everything here is known to be well-formed: only positions are looked for.
"""

from __future__ import annotations

import re
import tomllib

Path = tuple[str | int, ...]

_KEY = re.compile(r"""[ \t]*([A-Za-z0-9_-]+|"(?:[^"\\\n]|\\.)*"|'[^'\n]*')[ \t]*""")
_BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_STRING = re.compile(
    r'"""(?:[^\\]|\\.)*?"{3,5}|' + r"'''.*?'{3,5}|" + r'"(?:[^"\\\n]|\\.)*"|' + r"'[^'\n]*'", re.DOTALL
)
_SCALAR = re.compile(r"[^,\]}\n#]*")


def lines_of(text: str) -> dict[str, int]:
    """Line numbers, from 1, by path as the settings' reader writes it: ``teams[0].on_call[1].days``."""
    scan = _Scan(text)
    scan.document()
    return {written(path): text.count("\n", 0, at) + 1 for path, at in scan.found.items()}


def written(path: Path) -> str:
    """``("teams", 0, "hours")`` → ``teams[0].hours``."""
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path).removeprefix(".")


class _Scan:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.found: dict[Path, int] = {}
        self._rows: dict[Path, int] = {}

    def document(self) -> None:
        table: Path = ()
        while True:
            self._blank()
            start = self.at
            if start >= len(self.text):
                return
            if self._ahead("[["):
                table = self._table(2)
                self._rows[table] = self._rows.get(table, -1) + 1
                table = (*table, self._rows[table])
            elif self._ahead("["):
                table = self._table(1)
            else:
                self._pair(table)
                continue
            self.found.setdefault(table, start)

    def _table(self, brackets: int) -> Path:
        """A header; a part of its name that is a list of tables stands for the last of them."""
        start = self.at
        self.at += brackets
        parts = self._key()
        self.at += brackets
        path: Path = ()
        for index, part in enumerate(parts):
            path = (*path, part)
            self.found.setdefault(path, start)  # a table that has no header of its own stands at its first child's
            if path in self._rows and index < len(parts) - 1:
                path = (*path, self._rows[path])
        return path

    def _pair(self, table: Path) -> None:
        start = self.at
        path: Path = table
        for part in self._key():
            path = (*path, part)
            self.found.setdefault(path, start)
        self.at += 1  # the equals sign
        self._value(path)

    def _key(self) -> list[str]:
        parts = []
        while found := _KEY.match(self.text, self.at):
            self.at = found.end()
            name = found[1]
            parts.append(tomllib.loads(f"v={name}")["v"] if name[0] in "\"'" else name)
            if not self._ahead("."):
                break
            self.at += 1
        return parts

    def _value(self, path: Path) -> None:
        self._blank()
        self.found.setdefault(path, self.at)
        if self._ahead("["):
            self._list(path)
        elif self._ahead("{"):
            self._inline(path)
        else:
            found = _STRING.match(self.text, self.at) or _SCALAR.match(self.text, self.at)
            assert found is not None
            self.at = found.end()

    def _list(self, path: Path) -> None:
        self.at += 1
        index = 0
        while True:
            self._blank()
            if self._ahead("]"):
                break
            self._value((*path, index))
            index += 1
            self._blank()
            if self._ahead(","):
                self.at += 1
        self.at += 1

    def _inline(self, path: Path) -> None:
        self.at += 1
        while True:
            self._blank()
            if self._ahead("}"):
                break
            self._pair(path)
            self._blank()
            if self._ahead(","):
                self.at += 1
        self.at += 1

    def _blank(self) -> None:
        found = _BLANK.match(self.text, self.at)
        assert found is not None
        self.at = found.end()

    def _ahead(self, mark: str) -> bool:
        return self.text.startswith(mark, self.at)
