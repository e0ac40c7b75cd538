"""`millstream simulate`: play live traffic through an application's public API, so that every screen moves.

Needs a server that runs and no database of its own. Stops by itself; Ctrl-C stops it sooner, and cleanly.
"""

from __future__ import annotations

import asyncio
import contextlib
import signal
from typing import Annotated, ClassVar

import aiohttp
import typer
import uvloop
from rich.live import Live
from rich.table import Table

from millstream.app.loader import load_app, use_apps_folder
from millstream.app.simulation import Simulation
from millstream.cli.console import messages, output, show_done
from millstream.errors import MillstreamError
from millstream.kit.simulation import Tally, find_server, play
from millstream.server.settings import ServerSettings, read_settings

_REQUEST_SECONDS = 30


class SimulationMissing(MillstreamError):
    """The application declares no traffic."""

    code: ClassVar[str] = "simulation_missing"


def simulate(
    *,
    app: Annotated[str, typer.Argument(help="The application whose traffic is played.")],
    speed: Annotated[float, typer.Option(help="How many times as often as declared.", min=0.01, max=1000)] = 1.0,
    minutes: Annotated[float, typer.Option(help="When to stop; 0 is never.", min=0)] = 10.0,
    url: Annotated[str | None, typer.Option(help="Where the server is; by default MILLSTREAM_PORT here.")] = None,
    seed: Annotated[int, typer.Option(help="The same number makes the same choices.")] = 0,
) -> None:
    """Play live traffic as the people of the demo, until the minutes are over or Ctrl-C."""
    server = read_settings(ServerSettings)
    use_apps_folder(server.apps_folder)
    simulation = load_app(app).simulation
    if simulation is None:
        raise SimulationMissing(f"The application {app} declares no traffic.", hint="App(simulation=…) does.")
    where = url or server.url
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        tally = runner.run(_play(app, simulation, where, speed, minutes * 60 or None, seed))
    output().print(_table(tally))
    show_done(f"{sum(played.done for played in tally.values())} acts were played.")


async def _play(app: str, simulation: Simulation, url: str, speed: float, seconds: float | None, seed: int) -> Tally:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        with contextlib.suppress(NotImplementedError, ValueError):
            loop.add_signal_handler(number, stop.set)
    timeout = aiohttp.ClientTimeout(total=_REQUEST_SECONDS)
    async with aiohttp.ClientSession(timeout=timeout) as session:
        server = await find_server(session, url, app)
        messages().print(f"Playing {app} at {server.url}. Ctrl-C ends it.", style="dim")
        with Live(console=messages(), refresh_per_second=4, transient=True) as live:
            return await play(
                simulation,
                server,
                session=session,
                speed=speed,
                seconds=seconds,
                stop=stop,
                seed=seed,
                tell=lambda tally: live.update(_table(tally)),
            )


def _table(tally: Tally) -> Table:
    table = Table(box=None, pad_edge=False)
    table.add_column("act")
    for title in ("done", "refused", "no answer", "left out"):
        table.add_column(title, justify="right")
    table.add_column("why", style="dim")
    for name, played in tally.items():
        why = [f"{count} {code}" for code, count in (played.refused + played.faults).most_common(3)]
        refused = played.refused.total() + played.faults.total()
        figures = (played.done, refused, played.unavailable, played.left_out)
        table.add_row(name, *map(str, figures), ", ".join(why))
    return table
