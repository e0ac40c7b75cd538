"""`millstream demo`: everything with one command: PostgreSQL, an application with demo data, its portal, one URL."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.panel import Panel
from rich.text import Text

from millstream.auth.settings import DEVELOPMENT_SECRET_KEY, AuthSettings
from millstream.cli.console import messages, output, show_done
from millstream.cli.progress import Steps
from millstream.cli.running import Run, run_server
from millstream.server.log_observer import log_observer
from millstream.server.settings import ServerSettings, read_settings


def demo(
    *,
    port: Annotated[int | None, typer.Option(help="Port to listen on; by default MILLSTREAM_PORT.")] = None,
    app: Annotated[str | None, typer.Option(help="Application to show; by default MILLSTREAM_APP.")] = None,
) -> None:
    """Start an application with demo data and show where it is. Ctrl-C stops everything."""
    server = read_settings(ServerSettings, port=port, app=app)

    def show_url() -> None:
        where = Text.assemble(("Open ", "bold"), (server.url, f"bold cyan link {server.url}"), "\nCtrl-C stops it.")
        output().print(Panel(where, expand=False, padding=(0, 2)))
        output().print(Text.assemble("Admin: ", admin_url(server, read_settings(AuthSettings))), soft_wrap=True)

    run_server(
        Run(
            server=server,
            steps=Steps(messages()),
            observe=log_observer(level="warning", form=server.log_format),
            demo=True,
            on_ready=show_url,
        )
    )
    show_done("Everything is stopped.")


def admin_url(server: ServerSettings, auth: AuthSettings) -> str:
    """Return the address of the admin view, with the key behind `#` where everybody knows the key anyway.

    What stands behind `#` is sent to no server; a key of one's own is not printed at all.
    """
    known = DEVELOPMENT_SECRET_KEY in auth.secret_keys
    return f"{server.url}/admin/" + (f"#key={DEVELOPMENT_SECRET_KEY}" if known else "")
