"""Opens several projects of one process at the same time, and names the one that cannot be opened.

`cli.running` says how one is opened. Each lives in a task of its own, because what it holds open must be closed by the
task that opened it. Life cycle: all open → the block runs → all close, whatever ended the block.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import ClassVar

from millstream.errors import MillstreamError
from millstream.server.project import Project
from millstream.server.project_settings import ProjectSettings

Open = Callable[[ProjectSettings], AbstractAsyncContextManager[Project]]


class ProjectFailed(MillstreamError):
    """One of several projects cannot be served; the message names it."""

    code: ClassVar[str] = "project_failed"


@asynccontextmanager
async def open_projects(settings: Sequence[ProjectSettings], open_one: Open) -> AsyncIterator[list[Project]]:
    """Open all projects at once for the length of the block; they come in the order of their settings.

    Where there are several, an error of one is raised as ProjectFailed and ends the others.
    """
    over = asyncio.Event()
    async with asyncio.TaskGroup() as tasks:
        opened = [asyncio.get_running_loop().create_future() for _ in settings]
        for one, future in zip(settings, opened, strict=True):
            tasks.create_task(_hold(one, open_one, future, over, alone=len(settings) == 1), name=f"project {one.name}")
        projects: list[Project] = await asyncio.gather(*opened)
        try:
            yield projects
        finally:
            over.set()


async def _hold(
    settings: ProjectSettings, open_one: Open, opened: asyncio.Future[Project], over: asyncio.Event, *, alone: bool
) -> None:
    try:
        async with open_one(settings) as project:
            opened.set_result(project)
            await over.wait()
    except MillstreamError as error:
        if alone:
            raise
        raise ProjectFailed(f"{settings.name}: {error.message}", details=error.details, hint=error.hint) from error
