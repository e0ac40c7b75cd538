"""The shared conformance cases of the PostgREST dialect, by area: all pass but those reviewed, each with its reason.

They lie beside the checkout; without them, or without PyYAML to read them, the tests say so and are skipped.
"""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack

import pytest

from millstream.postgres.settings import address_of
from tests.conformance.postgrest.cases import Case, load_cases
from tests.conformance.postgrest.database import DATABASE, SHARED, drop_database, load_database, scripts_folder
from tests.conformance.postgrest.reviewed import REVIEWED
from tests.conformance.postgrest.server import Servers, failures
from tests.fixtures.postgres import Cluster

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
pytestmark = [
    pytest.mark.shared,
    pytest.mark.skipif(not SHARED.is_dir(), reason="the shared data set is not there"),
]


@pytest.fixture(scope="module")
def cases() -> list[Case]:
    pytest.importorskip("yaml", reason="PyYAML, which reads the cases, is not installed")
    return load_cases(SHARED / "cases")


@pytest.fixture(scope="module")
def conformance_url(cluster: Cluster) -> Iterator[str]:
    """The data set's database, loaded as its README says."""
    load_database(cluster.administrator, scripts_folder(SHARED / "cases"))
    yield cluster.admin_url_of(DATABASE)
    drop_database(cluster.administrator)


@pytest.fixture(scope="module")
async def servers(conformance_url: str) -> AsyncIterator[Servers]:
    async with AsyncExitStack() as stack:
        yield Servers(address_of(conformance_url), stack)


# One test, since all areas share one database and whatever roles it makes on its server.
async def test_the_cases_of_every_area_pass(cases: list[Case], servers: Servers, conformance_url: str) -> None:
    reports = {}
    for area in AREAS:
        wanted = [case for case in cases if case.area == area]
        failed = await failures(wanted, servers, conformance_url)
        sys.stdout.write(f"{area}: {len(wanted) - len(failed)} passed, {len(failed)} failed\n")
        reports |= {number: f"{area} {number}: {'; '.join(found)}" for number, found in failed.items()}
    assert reports.keys() <= REVIEWED.keys(), "\n".join(reports.values())
