"""StudySpot whole, in a process of its own, on the database that the first argument names. Prints its port.

Serves until it is told to end. Run by `bench.studyspot`.
"""

from __future__ import annotations

import sys

import uvloop

from millstream.cli.running import sockets_of
from millstream.observe import ignore
from millstream.postgres.settings import DatabaseSettings
from millstream.server.process import prepare_process, settle_process
from millstream.server.project import open_project
from millstream.server.project_settings import ProjectSettings
from millstream.server.supervisor import bind, serve


async def main(database_url: str) -> None:
    settings = ProjectSettings(name="studyspot", app="studyspot", database=DatabaseSettings(url=database_url))
    prepare_process([sockets_of(settings)], observe=ignore)
    listener = bind("127.0.0.1", 0)
    port = listener.getsockname()[1]
    async with open_project(settings, url=f"http://127.0.0.1:{port}", observe=ignore) as project:
        print(port, flush=True)
        await serve([project], listener=listener, on_ready=settle_process)


if __name__ == "__main__":
    uvloop.run(main(sys.argv[1]))
