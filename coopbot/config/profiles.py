"""The marketplace rules that the toml names: one that comes with the product, or a file of the operator's."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from coopbot.config import checks
from coopbot.config.lines import lines_of
from coopbot.config.text import placed, read_toml
from coopbot.domain.profile import Profile, builtin_path, parse
from coopbot.domain.reading import Reader
from coopbot.errors import Misconfigured

USUAL = "jd-pop"


def read_profile(top: Reader, beside: Path) -> Profile:
    """The profile under ``profile``; a relative path counts from the folder ``beside``.

    When it can't be read, the mistake is noted and the usual one stands in, so that reading can go on.
    """
    name = top.text("profile", USUAL)
    is_path = "/" in name or "\\" in name or name.endswith(".toml")
    known = sorted(file.stem for file in builtin_path(USUAL).parent.glob("*.toml"))
    if not is_path and name not in known:
        top.wrong("profile", f"must be one of {', '.join(known)}, or a path, not {name!r}{checks.meant(name, known)}")
        name = USUAL
    path = beside / name if is_path else builtin_path(name)
    try:
        return load_profile(path)
    except Misconfigured as error:
        for mistake in error.mistakes:
            where = f"{error.source}, " + (f"line {mistake.line}, " if mistake.line else "")
            top.wrong("profile", f"{where}{mistake.key}: {mistake.message}")
        return load_profile(builtin_path(USUAL))


def load_profile(path: Path) -> Profile:
    """Read one file. Raises Misconfigured, with lines."""
    text, data = read_toml(path)
    try:
        return parse(data, path.name, _holidays())
    except Misconfigured as error:
        raise Misconfigured(str(path), placed(error.mistakes, lines_of(text))) from None


def _holidays() -> Mapping[str, Any]:
    """The sets of holidays that come with the product, by name."""
    folder = builtin_path(USUAL).parent / "holidays"
    return {file.stem: tomllib.loads(file.read_text(encoding="utf-8")) for file in sorted(folder.glob("*.toml"))}
