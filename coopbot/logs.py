"""Logging: lines for people at a terminal, JSON for machines elsewhere. Secrets are never logged."""

from __future__ import annotations

import logging
import sys
from typing import Literal

import orjson
from rich.console import Console
from rich.logging import RichHandler


class _Json(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        line = {
            "at": self.formatTime(record, "%Y-%m-%dT%H:%M:%S%z"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info:
            line["error"] = self.formatException(record.exc_info)
        return orjson.dumps(line).decode()


def set_up(style: Literal["console", "json"] | None, level: str) -> None:
    """Log to standard error; ``style`` None: console at a terminal, else JSON."""
    handler: logging.Handler
    if style == "console" or (style is None and sys.stderr.isatty()):
        handler = RichHandler(console=Console(stderr=True), show_path=False, rich_tracebacks=False)
        handler.setFormatter(logging.Formatter("%(name)s: %(message)s"))
    else:
        handler = logging.StreamHandler(sys.stderr)
        handler.setFormatter(_Json())
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for chatty in ("apscheduler", "slack_sdk", "aiohttp.access", "alembic"):
        logging.getLogger(chatty).setLevel(max(logging.WARNING, logging.getLevelName(level)))
    logging.getLogger("slack_bolt").setLevel(logging.ERROR)  # it warns of the static authorize, which is meant
