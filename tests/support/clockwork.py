"""Profiles and instants for tests of due times."""

from __future__ import annotations

import tomllib
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from coopbot.domain.profile import Profile, builtin_path, parse

SHANGHAI = ZoneInfo("Asia/Shanghai")
BUILTIN = ("jd-pop", "weixin-shop", "amazon-a-to-z", "shopee", "lazada", "template")


def tables(name: str) -> dict[str, Any]:
    """A built-in profile's data, fresh to be changed."""
    return tomllib.loads(builtin_path(name).read_text("utf-8"))


def holidays() -> dict[str, Any]:
    folder = Path(builtin_path("jd-pop")).parent / "holidays"
    return {file.stem: tomllib.loads(file.read_text("utf-8")) for file in folder.glob("*.toml")}


@cache
def rules(name: str = "jd-pop") -> Profile:
    return parse(tables(name), name, holidays())


def at(text: str, zone: ZoneInfo = SHANGHAI) -> datetime:
    """``2026-11-23 18:10`` on the zone's clock, as an instant in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)


class English:
    """The catalogue's English, which is its keys."""

    language = "en"

    def __call__(self, msgid: str, /, **facts: object) -> str:
        return msgid.format_map(facts)
