"""A whole project in a process of its own, on the database that the first argument names, for `bench.latency`.

Prints its URL and the anonymous key when changes flow, then serves until it is told to end. With a second argument
`unlimited` one network address may sign in as often as it likes, for `bench.sign_in`; with `crowded` it may open as
many sockets and join as often as it likes, for `bench.sockets`.
"""

from __future__ import annotations

import sys

import uvloop

from millstream.auth.settings import AuthSettings
from millstream.channels.settings import ChannelSettings
from millstream.cli.running import sockets_of
from millstream.observe import ignore
from millstream.postgres.settings import DatabaseSettings
from millstream.server.process import prepare_process, settle_process
from millstream.server.project import open_project
from millstream.server.project_settings import ProjectSettings
from millstream.server.supervisor import bind, serve
from millstream.wal.settings import WalSettings

MANY = 1_000_000_000
CROWDED = ChannelSettings(
    max_sockets=100_000, max_sockets_per_address=100_000, joins_per_second=MANY, idle_timeout_seconds=600.0
)


async def main(database_url: str, *how: str) -> None:
    unlimited = AuthSettings(token_requests_per_hour=MANY, failed_sign_ins_per_hour=MANY)
    settings = ProjectSettings(
        name="bench",
        database=DatabaseSettings(url=database_url),
        wal=WalSettings(slot="bench_latency"),
        auth=unlimited if "unlimited" in how else AuthSettings(),
        channels=CROWDED if "crowded" in how else ChannelSettings(),
    )
    prepare_process([sockets_of(settings)], observe=ignore)
    listener = bind("127.0.0.1", 0)
    url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    async with open_project(settings, url=url, observe=ignore) as project:
        print(url, project.auth.api_keys.anon_key, flush=True)
        await serve([project], listener=listener, on_ready=settle_process)


if __name__ == "__main__":
    uvloop.run(main(*sys.argv[1:]))
