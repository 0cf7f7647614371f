"""The Web API's methods, by family."""

from __future__ import annotations


def load() -> None:
    """Enter every family into the table of methods."""
    from coopbot.sandbox.methods import (  # noqa: F401
        apps,
        auth,
        chat,
        conversations,
        files,
        history,
        reactions,
        scheduling,
        usergroups,
        users,
        views,
    )
