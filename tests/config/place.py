"""A folder with a toml in it, and an environment in which everything is set."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from coopbot.config import Settings, load
from coopbot.errors import Misconfigured, Mistake

SECRET = "whsec_" + "QUJD" * 8
ENVIRON = {
    "SLACK_BOT_TOKEN": "xoxb-1-a",
    "SLACK_APP_TOKEN": "xapp-1-a",
    "JD_WEBHOOK_SECRET": SECRET,
    "JD_READ_TOKEN": "read-me",
}
SMALL = """\
fallback_channel = "C0FALLBACK"
operators = ["U0OPS"]

[connections.jd]
secret_env = "JD_WEBHOOK_SECRET"
read_token_env = "JD_READ_TOKEN"
reply_url = "https://bridge.example/replies"

[[teams]]
name = "flagship"
channel = "C0FLAGSHIP"
shops = ["jd:10001"]
"""


@dataclass(frozen=True)
class Place:
    folder: Path

    def load(self, text: str = SMALL, *, outside: bool = True, **environ: str) -> Settings:
        """``environ`` goes over ENVIRON; an empty value takes a variable out."""
        (self.folder / "coopbot.toml").write_text(text, encoding="utf-8")
        return load({**ENVIRON, **environ}, toml_path=self.folder / "coopbot.toml", outside=outside)

    def mistakes(self, text: str = SMALL, *, outside: bool = True, **environ: str) -> list[Mistake]:
        with pytest.raises(Misconfigured) as caught:
            self.load(text, outside=outside, **environ)
        return list(caught.value.mistakes)

    def mistake(self, text: str = SMALL, *, outside: bool = True, **environ: str) -> Mistake:
        """The only one."""
        found = self.mistakes(text, outside=outside, **environ)
        assert len(found) == 1, found
        return found[0]
