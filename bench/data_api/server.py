"""A whole project in a process of its own, on the database that the first argument names.

Prints its URL and the anonymous key when it serves. Rate limits count as ever but are out of reach.
"""

from __future__ import annotations

import sys

import uvloop

from millstream.observe import ignore
from millstream.postgres.settings import DatabaseSettings
from millstream.rest.settings import DataApiSettings
from millstream.server.project import open_project
from millstream.server.project_settings import ProjectSettings
from millstream.server.supervisor import bind, serve
from millstream.wal.settings import WalSettings

UNREACHED = 1_000_000_000


async def main(database_url: str) -> None:
    settings = ProjectSettings(
        name="bench",
        database=DatabaseSettings(url=database_url),
        wal=WalSettings(slot="bench_data_api"),
        data_api=DataApiSettings(requests_per_minute_per_caller=UNREACHED, requests_per_minute_per_address=UNREACHED),
    )
    listener = bind("127.0.0.1", 0)
    url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    async with open_project(settings, url=url, observe=ignore) as project:
        print(url, project.auth.api_keys.anon_key, flush=True)
        await serve([project], listener=listener)


if __name__ == "__main__":
    uvloop.run(main(sys.argv[1]))
