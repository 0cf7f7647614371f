from collections.abc import AsyncIterator

import pytest

from tests.handlers.house import Caller, Edge, served


@pytest.fixture
async def caller() -> AsyncIterator[Caller]:
    async with served(Edge()) as caller:
        yield caller
