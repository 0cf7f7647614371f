"""Reading a table of settings key by key, collecting every mistake instead of stopping at the first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from difflib import get_close_matches
from types import MappingProxyType
from typing import Any

from coopbot.domain.durations import parse_duration
from coopbot.errors import Mistake

Labels = Mapping[str, str]
"""What something is called, by language: ``{"zh-CN": …, "en": …}``."""


class Reader:
    """One table. Each getter returns a usable value and notes a mistake when what stands there is not allowed.

    The value returned beside a mistake is only there to let reading go on: the caller raises in the end.
    """

    def __init__(self, data: Any, mistakes: list[Mistake], path: str = "") -> None:
        self._data: Mapping[str, Any] = data if isinstance(data, Mapping) else {}
        self._seen: set[str] = set()
        self.mistakes = mistakes
        self.path = path
        if not isinstance(data, Mapping):
            mistakes.append(Mistake(path, "must be a table"))

    def at(self, key: str) -> str:
        return f"{self.path}.{key}" if self.path else key

    def wrong(self, key: str, message: str) -> None:
        self.mistakes.append(Mistake(self.at(key) if key else self.path, message))

    @property
    def keys(self) -> tuple[str, ...]:
        return tuple(str(key) for key in self._data)

    def has(self, key: str) -> bool:
        return key in self._data

    def raw(self, key: str, kind: type | tuple[type, ...], what: str, default: Any, *, needed: bool) -> Any:
        self._seen.add(key)
        if key not in self._data:
            if needed:
                self.wrong(key, f"is missing; must be {what}")
            return default
        value = self._data[key]
        kinds = kind if isinstance(kind, tuple) else (kind,)
        if not isinstance(value, kind) or (isinstance(value, bool) and bool not in kinds):
            self.wrong(key, f"must be {what}, not {value!r}")
            return default
        return value

    def text(self, key: str, default: str | None = None) -> str:
        value: str = self.raw(key, str, "a text", default or "", needed=default is None)
        if default is None and self.has(key) and isinstance(self._data[key], str) and not value.strip():
            self.wrong(key, "must not be empty")
        return value

    def integer(self, key: str, default: int | None = None, *, least: int = 0) -> int:
        value: int = self.raw(key, int, "a whole number", least if default is None else default, needed=default is None)
        if value < least:
            self.wrong(key, f"must be at least {least}, not {value}")
            return least
        return value

    def flag(self, key: str, default: bool) -> bool:
        value: bool = self.raw(key, bool, "true or false", default, needed=False)
        return value

    def choice(self, key: str, allowed: Sequence[str], default: str | None = None) -> str:
        what = "one of " + ", ".join(allowed)
        value: str = self.raw(key, str, what, default or allowed[0], needed=default is None)
        if value not in allowed:
            self.wrong(key, f"must be {what}, not {value!r}")
            return allowed[0]
        return value

    def duration(self, key: str, default: timedelta | None = None, *, positive: bool = False) -> timedelta:
        text = self.raw(key, str, "a duration such as 4h or 30m", None, needed=default is None)
        if text is None:
            return timedelta(0) if default is None else default
        try:
            length = parse_duration(text)
        except ValueError as error:
            self.wrong(key, str(error))
            return timedelta(0)
        if positive and length <= timedelta(0):
            self.wrong(key, "must be longer than nothing")
        return length

    def maybe_duration(self, key: str) -> timedelta | None:
        return self.duration(key) if self.has(key) else None

    def texts(self, key: str) -> tuple[str, ...]:
        values = self.raw(key, list, "a list of texts", [], needed=False)
        if not all(isinstance(value, str) and value.strip() for value in values):
            self.wrong(key, "must be a list of texts, none empty")
            return ()
        return tuple(values)

    def labels(self, key: str, *, needed: bool = True) -> Labels:
        """A text per language; zh-CN and en are both wanted, since every team reads one of them."""
        values = self.raw(key, Mapping, 'a table such as { "zh-CN" = "…", en = "…" }', {}, needed=needed)
        if key in self._data and isinstance(self._data[key], Mapping):
            for language in ("zh-CN", "en"):
                if not isinstance(values.get(language), str) or not values[language].strip():
                    self.wrong(f"{key}.{language}", "is missing; must be a text")
            values = {language: value for language, value in values.items() if isinstance(value, str)}
        return MappingProxyType(dict(values))

    def table(self, key: str, *, needed: bool = False) -> Reader:
        data = self.raw(key, Mapping, "a table", {}, needed=needed)
        return Reader(data, self.mistakes, self.at(key))

    def tables(self, key: str, *, needed: bool = False) -> Iterator[tuple[str, Reader]]:
        """The named tables inside of the table ``key``."""
        data = self.raw(key, Mapping, "a table of tables", {}, needed=needed)
        for name, value in data.items():
            yield str(name), Reader(value, self.mistakes, f"{self.at(key)}.{name}")

    def rows(self, key: str, *, needed: bool = False) -> Iterator[Reader]:
        """The tables of the list ``key``; their path holds their position, counted from 0."""
        data = self.raw(key, list, "a list of tables", [], needed=needed)
        for position, value in enumerate(data):
            yield Reader(value, self.mistakes, f"{self.at(key)}[{position}]")

    def done(self) -> None:
        """Every key that nobody asked for is a mistake: a misspelt setting must not be silently the default."""
        for key in self._data:
            if key not in self._seen:
                near = get_close_matches(key, self._seen, n=1)
                meant = f"; did you mean {near[0]!r}?" if near else ""
                allowed = f"; known are {', '.join(sorted(self._seen))}" if self._seen else ""
                self.wrong(key, f"is unknown here{meant or allowed}")


def label(labels: Labels, language: str) -> str:
    """The label in ``language`` (``zh_CN`` and ``zh-CN`` are one), else in English, else any; empty for none."""
    wanted = language.replace("_", "-")
    for key in (wanted, wanted.partition("-")[0], "en"):
        if key in labels:
            return labels[key]
    close = (key for key in labels if key.partition("-")[0] == wanted.partition("-")[0])
    return labels[next(close, next(iter(labels), ""))] if labels else ""


def no_labels() -> Labels:
    """What has no name of its own."""
    return MappingProxyType({})
