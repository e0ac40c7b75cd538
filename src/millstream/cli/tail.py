"""`millstream tail`: follow changes in the terminal exactly as a user would see them, policies and filters included.

Runs the path of the server in small: a slot of its own, the router, one subscription, and a mailbox whose transport
prints. The slot is dropped at the end; one that a killed `tail` left behind is dropped by the next.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from dataclasses import replace
from typing import Annotated, Any

import orjson
import psycopg
import typer
import uvloop
from rich.text import Text

from millstream.cli.caller import caller_claims
from millstream.cli.console import messages, output
from millstream.cli.database import CommandDatabase, command_database, connect
from millstream.identity import Claims, Role
from millstream.phoenix.serializer_v2 import SERIALIZER_V2
from millstream.pubsub import Mailbox
from millstream.pubsub.disconnect import Disconnect
from millstream.server.log_observer import log_observer
from millstream.server.project import Project, open_project
from millstream.subscriptions.bindings.binding import BindingRequest

_SLOT_PREFIX = "millstream_tail_"
_COLOURS = {"INSERT": "green", "UPDATE": "yellow", "DELETE": "red"}
_LENGTH_BYTES = {126: 2, 127: 8}


def tail(
    *,
    table: Annotated[str, typer.Argument(help="Table to follow, such as public.orders; * for all.")] = "*",
    role: Annotated[str, typer.Option(help="Role to look as.")] = Role.SERVICE,
    user: Annotated[str | None, typer.Option(help="User to look as: an id, or an account's e-mail address.")] = None,
    row_filter: Annotated[str, typer.Option("--filter", help="As clients write it: status=eq.open")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print what a client receives, one object a line.")] = False,
) -> None:
    """Print changes as they commit, until Ctrl-C. With --user the role is authenticated unless given."""
    schema, _, name = table.rpartition(".")
    request = {"event": "*", "schema": schema or ("*" if table == "*" else "public"), "table": name}
    binding = BindingRequest.from_map(request | ({"filter": row_filter} if row_filter else {}))
    with command_database() as database:
        claims = caller_claims(role if user is None or role != Role.SERVICE else Role.AUTHENTICATED, user, database)
        with contextlib.suppress(KeyboardInterrupt), asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            following = _follow(database, claims, binding, _print_json if as_json else _print_change)
            runner.run(_until_told(following))
        with connect(database.url) as connection:
            _drop_slots(connection)


async def _until_told(following: Coroutine[Any, Any, None]) -> None:
    """Follow until Ctrl-C or SIGTERM, so that the slot is dropped in either case; a shell's jobs ignore the first."""
    async with asyncio.TaskGroup() as tasks:
        task = tasks.create_task(following)
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, task.cancel)


async def _follow(
    database: CommandDatabase, claims: Claims, binding: BindingRequest, show: Callable[[dict[str, Any]], None]
) -> None:
    async with _project(database) as project:
        context = project.sockets.context
        mailbox = Mailbox(context.hub, _Terminal(show), _Terminal(show))
        await context.subscriptions.open(
            topic="tail", serializer=SERIALIZER_V2, mailbox=mailbox, claims=claims, bindings=[binding]
        )
        messages().print(f"Following {binding.schema}.{binding.table} as {claims.role}. Ctrl-C ends it.", style="dim")
        await asyncio.Event().wait()


@contextlib.asynccontextmanager
async def _project(database: CommandDatabase) -> AsyncIterator[Project]:
    """Run the project without its application, on a slot that nobody else has."""
    settings = database.settings
    settings = replace(settings, app=None, wal=replace(settings.wal, slot=f"{_SLOT_PREFIX}{os.getpid()}"))
    async with open_project(settings, url="", observe=log_observer(level="warning")) as project:
        yield project


def _drop_slots(connection: psycopg.Connection) -> None:
    """Drop the slot of this run, whose reader may still be ending, and those that killed runs have left behind."""
    ours = f"{_SLOT_PREFIX}{os.getpid()}"
    end_reader = "select pg_terminate_backend(active_pid, 5000) from pg_replication_slots where slot_name = %s"
    connection.execute(f"{end_reader} and active_pid is not null", (ours,))
    unread = connection.execute(
        "select slot_name::text from pg_replication_slots "
        "where starts_with(slot_name, %s) and not active and database = current_database()",
        (_SLOT_PREFIX,),
    )
    for (slot,) in unread.fetchall():
        with contextlib.suppress(psycopg.errors.ObjectInUse, psycopg.errors.UndefinedObject):  # another `tail` ends too
            connection.execute("select pg_drop_replication_slot(%s)", (slot,))


class _Terminal:
    """Stands where a socket's transport does, and prints."""

    def __init__(self, show: Callable[[dict[str, Any]], None]) -> None:
        self._show = show

    def write(self, data: bytes) -> None:
        for payload in unframed(data):
            *_, event, message = orjson.loads(payload)
            if event == "postgres_changes":
                self._show(message["data"])

    def disconnect(self, why: Disconnect) -> None:
        messages().print(f"The terminal is too slow: {why}", style="red")


def unframed(data: bytes) -> Iterator[bytes]:
    """Yield the payloads of whole server frames (RFC 6455, section 5.2)."""
    at = 0
    while at < len(data):
        length, at = data[at + 1] & 0x7F, at + 2
        if extended := _LENGTH_BYTES.get(length):
            length, at = int.from_bytes(data[at : at + extended]), at + extended
        yield data[at : at + length]
        at += length


def _print_json(change: dict[str, Any]) -> None:
    output().print(orjson.dumps(change).decode(), markup=False)


def _print_change(change: dict[str, Any]) -> None:
    kind = str(change["type"])
    row = change.get("record") or change.get("old_record") or {}
    values = " ".join(f"{name}={orjson.dumps(value).decode()}" for name, value in row.items())
    output().print(
        Text.assemble(
            (f"{change['commit_timestamp'][11:23]} ", "dim"),
            (f"{kind:6} ", _COLOURS.get(kind, "")),
            (f"{change['schema']}.{change['table']} ", "bold"),
            values,
            (f"  {change['errors']}" if change.get("errors") else "", "red"),
        )
    )
