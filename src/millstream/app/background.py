"""Work that an application wants done again and again while the server runs, such as expiring holds.

An application declares a `BackgroundTask` with `every`; the server runs `run_background` in a task group of its own.

Life cycle: each round is one transaction as the service role. A round that fails is observed and the next one comes at
its time, so a database that is away for a while needs no restart. Rounds never overlap; what one misses the next finds.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, ClassVar

from millstream.observe import Level, Observation, Observer, ignore
from millstream.operations import SERVICE, Context
from millstream.postgres.pool import Pool
from millstream.postgres.transaction import as_caller


@dataclass(frozen=True, slots=True)
class BackgroundTask:
    """A function that runs as the service role, in a transaction of its own, `seconds` after it last ended."""

    name: str
    seconds: float
    function: Callable[[Context], Awaitable[Any]]


@dataclass(frozen=True, slots=True)
class BackgroundRan(Observation):
    """A round of a background task committed; `result` is what the function returned, where that is a number."""

    level: ClassVar[Level] = Level.DEBUG
    task: str
    result: int | None


@dataclass(frozen=True, slots=True)
class BackgroundFailed(Observation):
    """A round of a background task failed and was rolled back; the next one is tried at its time."""

    level: ClassVar[Level] = Level.ERROR
    task: str
    error: str


def every(*, seconds: float) -> Callable[[Callable[[Context], Awaitable[Any]]], BackgroundTask]:
    """Declare an async function as a background task under its own name."""

    def declare(function: Callable[[Context], Awaitable[Any]]) -> BackgroundTask:
        return BackgroundTask(function.__name__, seconds, function)

    return declare


async def run_background(tasks: Sequence[BackgroundTask], *, pool: Pool, observe: Observer = ignore) -> None:
    """Run the tasks until cancelled; return at once when there are none."""
    async with asyncio.TaskGroup() as group:
        for task in tasks:
            group.create_task(_run_forever(task, pool, observe), name=f"background {task.name}")


async def run_round(task: BackgroundTask, *, pool: Pool, observe: Observer = ignore) -> None:
    """Run one round of a task; a failure is observed, never raised."""
    try:
        async with as_caller(pool, SERVICE) as sql:
            result = await task.function(Context(SERVICE, sql, datetime.now(UTC), f"background {task.name}"))
    except Exception as error:  # noqa: BLE001 -- a failed round must not end the ones to come
        observe(BackgroundFailed(task.name, type(error).__name__))
    else:
        observe(BackgroundRan(task.name, result if isinstance(result, int) else None))


async def _run_forever(task: BackgroundTask, pool: Pool, observe: Observer) -> None:
    while True:
        await run_round(task, pool=pool, observe=observe)
        await asyncio.sleep(task.seconds)
