"""`millstream serve`: run the server, with a line for each thing that happens. For production and development alike."""

from __future__ import annotations

from typing import Annotated

import typer

from millstream.cli.console import messages
from millstream.cli.progress import Steps
from millstream.cli.running import Run, run_server
from millstream.server.log_observer import log_observer
from millstream.server.settings import ServerSettings, read_settings


def serve(
    *,
    host: Annotated[str | None, typer.Option(help="Address to listen on; by default MILLSTREAM_HOST.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on; by default MILLSTREAM_PORT.")] = None,
    app: Annotated[
        str | None, typer.Option(help="Application to serve, several with commas, or all; by default MILLSTREAM_APP.")
    ] = None,
) -> None:
    """Bring the database up to date and serve it until Ctrl-C or SIGTERM."""
    server = read_settings(ServerSettings, host=host, port=port, app=app)
    console = messages()
    run_server(
        Run(
            server=server,
            steps=Steps(console),
            observe=log_observer(level=server.log_level, form=server.log_format),
            demo=False,
            on_ready=lambda _: console.print(f"Listening at {server.url}"),
        )
    )
