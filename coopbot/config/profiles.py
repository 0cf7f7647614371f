"""The marketplace rules that the toml names: one that comes with the product, or a file of the operator's."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from coopbot.config import checks
from coopbot.config.lines import lines_of
from coopbot.config.text import placed, read_toml
from coopbot.domain.profile import Profile, builtin_path, parse
from coopbot.domain.reading import Reader
from coopbot.errors import Misconfigured, Mistake

USUAL = "jd-pop"


def read_profile(top: Reader, beside: Path) -> Profile:
    """The profile under ``profile``; a relative path counts from the folder ``beside``.

    When it can't be read, the mistake is noted and the usual one stands in, so that reading can go on.
    """
    name = top.text("profile", USUAL)
    if wrong := unknown(name):
        top.wrong("profile", wrong)
        name = USUAL
    path = beside.joinpath(name) if is_path(name) else builtin_path(name)
    try:
        return load_profile(path)
    except Misconfigured as error:
        for mistake in error.mistakes:
            where = f"{error.source}, " + (f"line {mistake.line}, " if mistake.line else "")
            top.wrong("profile", f"{where}{mistake.key}: {mistake.message}")
        return load_profile(builtin_path(USUAL))


def is_path(name: str) -> bool:
    """Whether a profile is named by its file rather than by the name of one that comes with the product."""
    return "/" in name or "\\" in name or name.endswith(".toml")


def unknown(name: str) -> str:
    """What is wrong with a name that no profile has, in words; empty for a known one and for paths."""
    known = sorted(file.stem for file in builtin_path(USUAL).parent.glob("*.toml"))
    if is_path(name) or name in known:
        return ""
    return f"must be one of {', '.join(known)}, or a path, not {name!r}{checks.meant(name, known)}"


def named_profile(name: str) -> Profile:
    """The profile of that name, or at that path, for a command. Raises Misconfigured, OSError for no such file."""
    if wrong := unknown(name):
        raise Misconfigured(name, [Mistake("profile", wrong)])
    if not is_path(name):
        return load_profile(builtin_path(name))
    path = Path(name)
    if not path.is_file():
        raise FileNotFoundError(2, "there is no such file", name)
    return load_profile(path)


def load_profile(path: Path) -> Profile:
    """Read one file. Raises Misconfigured, with lines."""
    text, data = read_toml(path)
    sets = _holidays(path.parent)
    try:
        return parse(data, path.name, sets)
    except Misconfigured as error:
        raise Misconfigured(str(path), placed(error.mistakes, lines_of(text))) from None


def _holidays(beside: Path) -> Mapping[str, Any]:
    """The sets of holidays by name: those that come with the product, and own ones in ``holidays/`` by the profile.

    An own set takes the place of one of the same name. Raises Misconfigured for a file that is no TOML.
    """
    folders = dict.fromkeys((builtin_path(USUAL).parent, beside))
    files = [file for folder in folders for file in sorted((folder / "holidays").glob("*.toml"))]
    return {file.stem: read_toml(file)[1] for file in files}
