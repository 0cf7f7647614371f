"""What is known of a person in Slack: enough to name them and to speak their language."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Person:
    user: str
    name: str = ""
    language: str = ""
    """``zh-CN`` or ``en``; empty when not known yet."""
    zone: str = ""
    deactivated: bool = False
    guest: bool = False
