"""The line over the store that the contract's fixtures open: both databases."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from coopbot.store import OpenStore
from tests.delivery.line import Line, a_line


@pytest.fixture
async def line(store: OpenStore) -> AsyncIterator[Line]:
    async with a_line(store) as made:
        yield made
