"""What somebody did that is no order's: a line of an audit trail, appended and never changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Deed:
    subject: str
    """What it was done to, ``templates:<team>``."""
    act: str
    at: datetime
    by: str
    """A Slack user id, or ``operator`` at the terminal."""
    where: str
    """``slack:modal``, ``slack:button`` or ``terminal``, as in an order's trail (domain/trail.py)."""
    before: Mapping[str, Any] = field(default_factory=dict)
    """Empty: there was nothing yet."""
    after: Mapping[str, Any] = field(default_factory=dict)
