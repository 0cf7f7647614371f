"""The workspace that a sandbox starts with: plain values, from code or from YAML."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, TypeVar

import yaml

T = TypeVar("T")


@dataclass(frozen=True)
class User:
    id: str
    name: str
    real_name: str
    tz: str = "Asia/Shanghai"
    locale: str = "en-US"
    deleted: bool = False
    is_restricted: bool = False
    is_admin: bool = False
    email: str = ""
    display_name: str = ""


@dataclass(frozen=True)
class Channel:
    id: str
    name: str
    members: tuple[str, ...] = ()
    archived: bool = False
    private: bool = False
    topic: str = ""


@dataclass(frozen=True)
class UserGroup:
    id: str
    handle: str
    name: str
    users: tuple[str, ...] = ()
    enabled: bool = True


@dataclass(frozen=True)
class App:
    """An installed app; what it may do and hear is in its manifest."""

    app_id: str = "A00000001"
    bot_user_id: str = "UAPP00001"
    bot_id: str = "B00000001"
    name: str = ""
    bot_token: str = "xoxb-sandbox-1"
    app_token: str = "xapp-1-A00000001-1-sandbox"
    signing_secret: str = "sandbox-signing-secret-1"
    manifest: Mapping[str, Any] = field(default_factory=dict)
    request_url: str | None = None

    @staticmethod
    def read(manifest: Path, **others: Any) -> App:
        """An app from its manifest file (YAML or JSON). Raises ValueError when it is none."""
        read = _yaml(manifest)
        if not isinstance(read, dict) or not isinstance(read.get("display_information"), dict):
            raise ValueError(f"{manifest}: not an app manifest: it has no display_information")
        return App(manifest=read, **others)


@dataclass(frozen=True)
class Workspace:
    team_id: str = "T00000001"
    team_name: str = "Sandbox"
    domain: str = "sandbox"
    users: tuple[User, ...] = ()
    channels: tuple[Channel, ...] = ()
    usergroups: tuple[UserGroup, ...] = ()
    apps: tuple[App, ...] = ()
    starts_at: float | None = None

    @staticmethod
    def read(path: Path) -> Workspace:
        """A workspace from YAML with the same names. Raises ValueError naming what is not known."""
        read = _yaml(path)
        if not isinstance(read, dict):
            raise ValueError(f"{path}: not a workspace")
        parts: dict[str, type[Any]] = {"users": User, "channels": Channel, "usergroups": UserGroup, "apps": App}
        given = {k: tuple(from_mapping(parts[k], one) for one in v) if k in parts else v for k, v in read.items()}
        return from_mapping(Workspace, given)


def _yaml(path: Path) -> Any:
    try:
        return yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ValueError(f"{path}: not YAML: {' '.join(str(error).split())}") from None


def from_mapping(kind: type[T], given: Mapping[str, Any]) -> T:
    """``kind`` from names and values; lists become tuples. Raises ValueError for a name it does not have."""
    known = {f.name for f in fields(kind)}  # type: ignore[arg-type]
    strange = sorted(set(given) - known)
    if strange:
        raise ValueError(f"{kind.__name__} has no {', '.join(strange)}")
    try:
        return kind(**{k: tuple(v) if isinstance(v, list) else v for k, v in given.items()})
    except TypeError as error:
        raise ValueError(f"{kind.__name__}: {error}") from None
