"""Who a command of `millstream webhooks` acts as: the service role, on the project's database, with its keys.

A running server delivers; a command writes and reads rows, so it works beside the server and without it.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable
from typing import Annotated, Any, TypeVar
from uuid import UUID

import typer
from pydantic import ValidationError
from rich.table import Table

from millstream.cli.database import command_database
from millstream.errors import MillstreamError
from millstream.identity import Claims, Role
from millstream.postgres.pool import open_pool
from millstream.postgres.settings import Address
from millstream.server.project_settings import ProjectSettings
from millstream.server.project_webhooks import allows_private_addresses, project_sealer
from millstream.webhooks.administration.access import Administration
from millstream.webhooks.endpoints.address_guard import AddressGuard

Answer = TypeVar("Answer")
OPERATOR = Claims.from_token({"role": Role.SERVICE})

EndpointId = Annotated[UUID, typer.Argument(help="Id of an endpoint; `millstream webhooks endpoints list` shows them.")]
Most = Annotated[int, typer.Option(min=1, max=500, help="How many at most.")]


class OptionsInvalid(MillstreamError):
    """Raised when the options of a command make no endpoint or no replay."""

    code = "webhook_options_invalid"


def administer(work: Callable[[Administration], Awaitable[Answer]]) -> Answer:
    """Run something with the webhooks of the project."""

    async def run(settings: ProjectSettings, address: Address) -> Answer:
        async with open_pool(address, settings.database) as pool:
            guard = AddressGuard(allows_private_addresses(settings))
            return await work(Administration(pool, project_sealer(settings), guard, settings.webhooks, time.monotonic))

    with command_database() as database:
        return asyncio.run(run(database.settings, database.address))


def checked(make: Callable[[], Answer]) -> Answer:
    """Return what is made of options; raises OptionsInvalid with the first problem."""
    try:
        return make()
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise OptionsInvalid(f"--{where.replace('_', '-')}: {first['msg']}.") from error


def table(columns: tuple[str, ...], rows: Iterable[Iterable[Any]]) -> Table:
    """Return rows for a terminal."""
    shown = Table(*columns, box=None)
    for row in rows:
        shown.add_row(*map(_text, row))
    return shown


def _text(value: Any) -> str:
    if value is None:
        return ""
    if hasattr(value, "isoformat"):
        return f"{value:%Y-%m-%d %H:%M:%S}"
    return f"{value:.0f}" if isinstance(value, float) else str(value)
