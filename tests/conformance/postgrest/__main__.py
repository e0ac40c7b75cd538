"""Runs any folder of conformance cases against the data API and counts.

Usage: python -m tests.conformance.postgrest FOLDER. The folder holds the YAML files, or a folder `cases` that does;
`roles.sql` and `database.sql` lie in it or above it. The last line is `N passed, N failed`, and the exit code is 0
when whatever failed is reviewed.
"""

# ruff: noqa: T201 -- a command speaks to its user

from __future__ import annotations

import asyncio
import sys
import tempfile
from contextlib import AsyncExitStack
from pathlib import Path

import psycopg

from millstream.postgres.settings import address_of
from tests.conformance.postgrest.cases import Case, load_cases
from tests.conformance.postgrest.database import DATABASE, load_database, scripts_folder
from tests.conformance.postgrest.reviewed import REVIEWED
from tests.conformance.postgrest.server import Servers, failures
from tests.fixtures.postgres_servers import EmbeddedTestServer


def main(folder: Path) -> int:
    """Run the cases of a folder; return the exit code."""
    within = folder / "cases" if (folder / "cases").is_dir() else folder
    cases = load_cases(within)
    if not cases:
        print(f"There are no cases in {within}.")
        return 2
    with tempfile.TemporaryDirectory(prefix="millstream-conformance-") as place:
        Path(place).chmod(0o755)  # PostgreSQL runs as an unprivileged user
        server = EmbeddedTestServer(Path(place))
        server.start()
        try:
            load_database(
                lambda name: psycopg.connect(server.admin_url_of(name), autocommit=True), scripts_folder(within)
            )
            failed = asyncio.run(run(cases, server.admin_url_of(DATABASE)))
        finally:
            server.stop()
    return report(cases, failed)


async def run(cases: list[Case], url: str) -> dict[int, list[str]]:
    """Run the cases one after the other; return what differs, by case."""
    async with AsyncExitStack() as stack:
        return await failures(cases, Servers(address_of(url), stack), url)


def report(cases: list[Case], failed: dict[int, list[str]]) -> int:
    """Print what differs, the passes of each area, and the counts as the last line."""
    for case in cases:
        if found := failed.get(case.id):
            reason = REVIEWED.get(case.id)
            print(f"{case.id} {case.feature}: {'; '.join(found)}")
            print(f"     reviewed: {reason}" if reason else "     not reviewed")
    for area in sorted({case.area for case in cases}):
        ids = [case.id for case in cases if case.area == area]
        print(f"{area}: {sum(number not in failed for number in ids)} of {len(ids)}")
    print(f"{len(cases) - len(failed)} passed, {len(failed)} failed")
    return 1 if failed.keys() - REVIEWED.keys() else 0


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("Usage: python -m tests.conformance.postgrest FOLDER")
    sys.exit(main(Path(sys.argv[1]).resolve()))
