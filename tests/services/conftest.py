"""Services are run as they are in production: by a real store, here SQLite on a file."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support.databases import a_store
from tests.support.office import Office
from tests.support.world import a_desk


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    async with a_store(f"sqlite:///{tmp_path}/office.db") as store:
        yield Office(store, a_desk())
