"""Fixtures that several folders share: real databases."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from coopbot.store import OpenStore
from tests.support.databases import PostgresServer, a_store, postgres_server

settings.register_profile("here", deadline=None)  # how long an example takes is the machine's affair
settings.register_profile("ci", settings.get_profile("here"), derandomize=True)  # what fails there fails here
settings.load_profile("ci" if os.environ.get("CI") else "here")


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    with postgres_server() as server:
        yield server


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An address of an empty database: the contract holds on both."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'coopbot.db'}"
        return
    server: PostgresServer = request.getfixturevalue("postgres")
    with server.database() as url:
        yield url


@pytest.fixture
async def store(database_url: str) -> AsyncIterator[OpenStore]:
    async with a_store(database_url) as opened:
        yield opened
