"""`millstream demo`: everything with one command: PostgreSQL, applications with demo data, their portals, one URL."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import typer
from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from millstream.cli.console import messages, output, show_done
from millstream.cli.portals import admin_url
from millstream.cli.progress import Steps
from millstream.cli.running import Run, run_server
from millstream.server.log_observer import log_observer
from millstream.server.project import Project
from millstream.server.settings import ServerSettings, read_settings


def demo(
    *,
    port: Annotated[int | None, typer.Option(help="Port to listen on; by default MILLSTREAM_PORT.")] = None,
    app: Annotated[
        str | None, typer.Option(help="Application to show, several with commas, or all; by default MILLSTREAM_APP.")
    ] = None,
) -> None:
    """Start the applications with demo data and show where they are. Ctrl-C stops everything."""
    server = read_settings(ServerSettings, port=port, app=app)

    def show_urls(projects: Sequence[Project]) -> None:
        where = Text.assemble(("Open ", "bold"), (server.url, f"bold cyan link {server.url}"))
        lines: list[RenderableType] = [
            where,
            *_by_name(server, projects),
            Text("Ctrl-C stops everything." if projects[1:] else "Ctrl-C stops it."),
        ]
        output().print(Panel(Group(*lines), expand=False, padding=(0, 2)))
        for one in projects:
            name = f" of {one.app.title}" if one.settings.prefix and one.app is not None else ""
            admin = admin_url(server.url + one.settings.prefix, one.settings.auth)
            output().print(Text.assemble(f"Admin{name}: ", admin), soft_wrap=True)

    run_server(
        Run(
            server=server,
            steps=Steps(messages()),
            observe=log_observer(level="warning", form=server.log_format),
            demo=True,
            on_ready=show_urls,
        )
    )
    show_done("Everything is stopped.")


def _by_name(server: ServerSettings, projects: Sequence[Project]) -> list[Table]:
    """Return where each application is, for those that are served below their names."""
    table = Table.grid(padding=(0, 2))
    for one in projects:
        if one.app is not None and one.settings.prefix:
            url = f"{server.url}{one.settings.prefix}/"
            table.add_row(one.app.title, Text(url, style=f"cyan link {url}"))
    return [table] if table.row_count else []
