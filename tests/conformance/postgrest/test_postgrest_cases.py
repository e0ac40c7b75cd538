"""The shared conformance cases of the PostgREST dialect, by area: at least as many pass as ever passed.

They lie beside the checkout; without them, or without PyYAML to read them, the tests say so and are skipped.
"""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from pathlib import Path

import psycopg
import pytest

from millstream.postgres.settings import address_of
from tests.conformance.postgrest.cases import Case, differences, load_cases
from tests.conformance.postgrest.server import Servers
from tests.fixtures.postgres import Cluster

DATA = Path(__file__).resolve().parents[4] / "shared" / "conformance" / "postgrest"
DATABASE = "postgrest_conformance"

FLOORS = {
    "auth": 0,
    "config": 0,
    "content_negotiation": 0,
    "domain_representations": 0,
    "errors": 0,
    "filters": 0,
    "headers": 0,
    "mutations": 0,
    "observability": 0,
    "openapi": 0,
    "operators": 0,
    "ordering": 0,
    "pagination": 0,
    "representations": 0,
    "rpc": 0,
    "select": 0,
    "url_grammar": 0,
}

pytestmark = [pytest.mark.shared, pytest.mark.skipif(not DATA.is_dir(), reason=f"the data set {DATA} is not there")]


@pytest.fixture(scope="module")
def cases() -> list[Case]:
    pytest.importorskip("yaml", reason="PyYAML, which reads the cases, is not installed")
    return load_cases(DATA / "cases")


@pytest.fixture(scope="module")
def conformance_url(cluster: Cluster) -> Iterator[str]:
    """The data set's database, loaded as its README says."""
    with cluster.administrator() as administrator:
        administrator.execute(f"drop database if exists {DATABASE} with (force)")
        administrator.execute(f"create database {DATABASE} template template0 encoding 'UTF8'")
    with cluster.administrator(DATABASE) as administrator:
        for script in ("roles.sql", "database.sql"):
            administrator.execute((DATA / script).read_text().encode())
            administrator.execute("reset all")
    yield cluster.admin_url_of(DATABASE)
    with cluster.administrator() as administrator:
        administrator.execute(f"drop database if exists {DATABASE} with (force)")


@pytest.fixture(scope="module")
async def servers(conformance_url: str) -> AsyncIterator[Servers]:
    async with AsyncExitStack() as stack:
        yield Servers(address_of(conformance_url), stack)


@pytest.mark.parametrize("area", FLOORS)
async def test_the_cases_of_an_area_pass(area: str, cases: list[Case], servers: Servers, conformance_url: str) -> None:
    failed: dict[int, list[str]] = {}
    wanted = [case for case in cases if case.area == area]
    for case in wanted:
        if case.preconditions:
            async with await psycopg.AsyncConnection.connect(conformance_url, autocommit=True) as connection:
                for statement in case.preconditions:
                    await connection.execute(statement.encode())
        found = differences(case, await servers.ask(case))
        if found:
            failed[case.id] = found
    passed = len(wanted) - len(failed)
    report = "\n".join(f"  {number}: {'; '.join(found)}" for number, found in failed.items())
    sys.stdout.write(f"{area}: {passed} passed, {len(failed)} failed\n{report}\n")
    assert passed >= FLOORS[area], report
