"""The shared conformance cases of the PostgREST dialect, by area: all pass but those reviewed, each with its reason.

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

AREAS = (
    "auth",
    "config",
    "content_negotiation",
    "domain_representations",
    "errors",
    "filters",
    "headers",
    "mutations",
    "observability",
    "openapi",
    "operators",
    "ordering",
    "pagination",
    "representations",
    "rpc",
    "select",
    "url_grammar",
)
REVIEWED = {
    1636: "PostgREST shows the version byte of jsonb's binary form; here the text comes as SQL made it",
    1654: "the document is called Data API, not PostgREST API, where the schema has no comment",
    1807: "without an order the rows come as the join gives them, which differs between versions of PostgreSQL",
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


@pytest.mark.parametrize("area", AREAS)
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
    assert failed.keys() <= REVIEWED.keys(), report
