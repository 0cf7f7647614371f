"""What a single value must look like. Each returns what is wrong, in words; empty when nothing is."""

from __future__ import annotations

import base64
import binascii
import re
from difflib import get_close_matches
from urllib.parse import urlsplit

_USER = re.compile(r"[UW][A-Z0-9]{1,20}")
_CHANNEL = re.compile(r"[CG][A-Z0-9]{1,20}")
_USERGROUP = re.compile(r"S[A-Z0-9]{1,20}")
_CONNECTION = re.compile(r"[a-z0-9][a-z0-9_-]{0,31}")


def user(text: str) -> str:
    return "" if _USER.fullmatch(text) else _not_id(text, "a user id such as U0A1B2C3D (profile › ⋮ › Copy member ID)")


def channel(text: str) -> str:
    return (
        ""
        if _CHANNEL.fullmatch(text)
        else _not_id(text, "a channel id such as C0A1B2C3D (channel details, at the end)")
    )


def user_or_channel(text: str) -> str:
    if _USER.fullmatch(text) or _CHANNEL.fullmatch(text):
        return ""
    return _not_id(
        text, "a user id such as U0A1B2C3D, or the id of a channel that is shared with them, such as C0A1B2C3D"
    )


def usergroup(text: str) -> str:
    return "" if _USERGROUP.fullmatch(text) else _not_id(text, "a user group id such as S0A1B2C3D")


def connection(name: str) -> str:
    return "" if _CONNECTION.fullmatch(name) else "is no name for a connection: use a-z, 0-9, - and _, up to 32 of them"


def url(text: str, such_as: str = "https://bridge.example/replies") -> str:
    """http or https with a host; no user or password, which would stand in the open."""
    allowed = f"must be a URL such as {such_as}"
    try:
        parts = urlsplit(text)
        good = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        return f"{allowed}, not {text!r}"
    if parts.username is not None or parts.password is not None:
        return "must not carry a user or password"
    if not good or any(each.isspace() or not each.isprintable() for each in text):
        return f"{allowed}, not {text!r}"
    return ""


def webhook_secret(text: str) -> str:
    """Never quotes the secret."""
    if not text.startswith("whsec_"):
        return "must hold secrets of the form whsec_<base64>, several separated by spaces"
    try:
        key = base64.b64decode(text.removeprefix("whsec_"), validate=True)
    except (binascii.Error, ValueError):
        return "holds a secret whose part after whsec_ is not base64"
    return "" if key else "holds an empty secret after whsec_"


def is_short(secret: str) -> bool:
    """Whether a well-formed secret has fewer than the 24 bytes that Standard Webhooks asks for."""
    return len(base64.b64decode(secret.removeprefix("whsec_"))) < 24


def meant(word: str, known: list[str]) -> str:
    """``; did you mean 'hours'?`` where something near is known, else nothing."""
    near = get_close_matches(word, known, n=1, cutoff=0.6)
    return f"; did you mean {near[0]!r}?" if near else ""


def _not_id(text: str, what: str) -> str:
    hint = ""
    if text.startswith(("#", "@")):
        hint = ": ids stay when names change"
    return f"must be {what}, not {text!r}{hint}"
