from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import psycopg
import pytest

from tests.fixtures.auth_server import AuthServer, auth_server
from tests.fixtures.postgres import Cluster, Database


@pytest.fixture(scope="package")
def shared_database(cluster: Cluster) -> Iterator[Database]:
    """One database for all tests of this folder: they differ in accounts only."""
    with cluster.new_database() as new:
        yield new


@pytest.fixture(scope="package")
async def shared_server(shared_database: Database) -> AsyncIterator[AuthServer]:
    async with auth_server(shared_database) as running:
        yield running


@pytest.fixture
async def server(shared_server: AuthServer) -> AuthServer:
    """The auth API with default settings and no account."""
    await shared_server.begin_anew()
    return shared_server


@pytest.fixture(scope="package")
async def shared_mailing_server(shared_database: Database) -> AsyncIterator[AuthServer]:
    async with auth_server(shared_database, mail=True, autoconfirm=False) as running:
        yield running


@pytest.fixture
async def mailing(shared_mailing_server: AuthServer) -> AuthServer:
    """The auth API of a project that sends mail and has addresses confirmed, without an account."""
    await shared_mailing_server.begin_anew()
    return shared_mailing_server


@pytest.fixture
def accounts(shared_database: Database) -> Database:
    """A database without accounts, for a test that starts the auth API with settings of its own."""
    with psycopg.connect(shared_database.url, autocommit=True) as connection:
        connection.execute("delete from auth.organisations")
        connection.execute("delete from auth.users")
    return shared_database
