"""Answers `/health` and `/ready`: whether the process lives, and whether it should be given work.

`/health` is for whoever restarts processes: it answers 200 as long as the process does, and says beside how the log
fares and how many are connected to rooms. `/ready` is for load balancers: 503 while something is missing that no
restart brings, with what and why. Both are for everybody, so that they name no address, no table and no key.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import IntEnum
from typing import Any

import orjson
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from millstream.wal.tailer import Tailer


class Severity(IntEnum):
    """How bad it is. Only what has failed makes a server unready: giving it less work would not help the rest."""

    WARNING = 1
    CRITICAL = 2
    FAILED = 3


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that is not as it should be. `code` is for programs, `why` for people."""

    what: str
    severity: Severity
    code: str
    why: str

    def as_map(self) -> dict[str, Any]:
        """Return it for JSON."""
        return {**asdict(self), "severity": self.severity.name.lower()}


def verdict_on(problems: Sequence[Problem]) -> str:
    """Return the worst severity as a word, `ready` when nothing is wrong."""
    worst = max((problem.severity for problem in problems), default=None)
    return "ready" if worst is None else worst.name.lower()


@dataclass(frozen=True, slots=True)
class Pulse:
    """What `/health` looks at in a project. `connections` counts those to its rooms, None where it has no rooms."""

    tailer: Tailer
    connections: Callable[[], int] | None

    @property
    def log(self) -> str:
        """Return whether changes flow, in a word."""
        return "streaming" if self.tailer.streaming else "disconnected"


def health_app(pulse: Pulse) -> ASGIApp:
    """Return an application that answers 200, and says whether the log is followed."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        body: dict[str, Any] = {"status": _status([pulse.log]), "log": pulse.log}
        if pulse.connections is not None:
            body["rooms"] = {"connections": pulse.connections()}
        await _json(body)(scope, receive, send)

    return app


def ready_app(find_problems: Callable[[], Awaitable[Sequence[Problem]]]) -> ASGIApp:
    """Return an application that answers 200 unless something has failed, then 503; problems are listed either way."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        problems = await find_problems()
        body = {"status": verdict_on(problems), "problems": [problem.as_map() for problem in problems]}
        failed = any(problem.severity is Severity.FAILED for problem in problems)
        await _json(body, 503 if failed else 200)(scope, receive, send)

    return app


def health_of_all_app(pulses: Mapping[str, Pulse]) -> ASGIApp:
    """Return the same for a process with several projects, each by its name."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        logs = {name: pulse.log for name, pulse in pulses.items()}
        rooms = {
            name: {"connections": pulse.connections()}
            for name, pulse in pulses.items()
            if pulse.connections is not None
        }
        body = {"status": _status(logs.values()), "projects": logs, **({"rooms": rooms} if rooms else {})}
        await _json(body)(scope, receive, send)

    return app


def ready_of_all_app(find_problems: Mapping[str, Callable[[], Awaitable[Sequence[Problem]]]]) -> ASGIApp:
    """Return an application that answers 503 as long as anything has failed in any of several projects."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        problems = {name: await find() for name, find in find_problems.items()}
        whole = [problem for found in problems.values() for problem in found]
        listed = {name: [problem.as_map() for problem in found] for name, found in problems.items()}
        failed = any(problem.severity is Severity.FAILED for problem in whole)
        await _json({"status": verdict_on(whole), "projects": listed}, 503 if failed else 200)(scope, receive, send)

    return app


def _status(logs: Iterable[str]) -> str:
    return "ok" if set(logs) <= {"streaming"} else "degraded"


def _json(body: dict[str, Any], status: int = 200) -> Response:
    return Response(orjson.dumps(body), status, {"cache-control": "no-store"}, "application/json")
