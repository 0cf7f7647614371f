"""The Web API's methods, by family."""

from __future__ import annotations


def load() -> None:
    """Enter every family into the table of methods."""
    from coopbot.sandbox.methods import auth, chat, conversations, history, users, views  # noqa: F401
