"""What somebody said in Slack, as plain text: the platform must get the words, not Slack's markup."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import unescape

_TOKEN = re.compile(r"<([@#!]?)([^>|]*)(?:\|([^>]*))?>")


def plain_words(mrkdwn: str, names: Mapping[str, str]) -> str:
    """``mrkdwn`` without Slack's tokens: links by their label, people by the name that ``names`` has, else left out."""

    def said(found: re.Match[str]) -> str:
        kind, target, label = found[1], found[2], found[3]
        if kind == "@":
            return names.get(target, "")
        if kind in ("#", "!"):
            return label or ""
        return label or target.removeprefix("mailto:").removeprefix("tel:")

    return unescape(_TOKEN.sub(said, mrkdwn)).strip()
