"""What a server asks of the process that it has to itself: open files enough for its sockets, and few collections.

Called once by whoever runs servers, never by code that shares its process with others. Sockets take one file each, and
all projects of a process share its files. Numbers that were asked for and do not fit are told at the start, not when
the first client is turned away; a ceiling that nobody set promises nothing.
"""

from __future__ import annotations

import contextlib
import gc
import resource
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from millstream.observe import Level, Observation, Observer

FILES_BESIDES_SOCKETS = 200
"""Of each project: connections to PostgreSQL, listeners, mails, webhooks, logs."""

SOCKETS_OF_ANY_PROJECT = 300
"""What a project needs room for whose ceilings are the defaults: less than this is too little to try anything out."""

# macOS calls its limit infinite and refuses to set more than this.
_MOST_WHERE_INFINITY_IS_REFUSED = 10_240

# Next to nothing here lies in cycles, and the history holds some 100,000 rows for minutes: looking through them for
# cycles after every 700th object, as Python does by itself, costs a fifth of the work of a change.
_OBJECTS_BETWEEN_COLLECTIONS = 50_000


@dataclass(frozen=True, slots=True)
class OpenFilesLimited(Observation):
    """The process may open fewer files than the sockets that were asked for need; the last clients cannot come."""

    level: ClassVar[Level] = Level.WARNING
    limit: int
    needed: int
    remedy: str


@dataclass(frozen=True, slots=True)
class OpenFilesBelowCeilings(Observation):
    """The process may open fewer files than the default ceilings of sockets: its files are the ceiling then."""

    limit: int
    sockets_allowed: int


@dataclass(frozen=True, slots=True)
class Sockets:
    """The sockets of one project: `asked` is 0 where nobody set a number, `allowed` the ceiling in any case."""

    asked: int
    allowed: int


def prepare_process(projects: Sequence[Sockets], *, observe: Observer) -> None:
    """Raise the limit of open files as far as the system lets us, and collect garbage as a server needs it."""
    limit = _raise_open_files()
    besides = FILES_BESIDES_SOCKETS * len(projects)
    needed = besides + sum(one.asked or min(one.allowed, SOCKETS_OF_ANY_PROJECT) for one in projects)
    allowed = sum(one.allowed for one in projects)
    if limit < needed:
        observe(OpenFilesLimited(limit, needed, _remedy(needed)))
    elif limit < besides + allowed:
        observe(OpenFilesBelowCeilings(limit, allowed))
    gc.set_threshold(_OBJECTS_BETWEEN_COLLECTIONS, 20, 50)


def _raise_open_files() -> int:
    """Set the soft limit to the hard one, or as near as is allowed, and return what holds now."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    for most in (hard, _MOST_WHERE_INFINITY_IS_REFUSED):
        if _at_least(soft, most):
            break
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
            break
    limit, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return sys.maxsize if limit == resource.RLIM_INFINITY else limit


def _at_least(limit: int, other: int) -> bool:
    return limit == resource.RLIM_INFINITY or (other != resource.RLIM_INFINITY and limit >= other)


def _remedy(needed: int) -> str:
    return (
        f"start after `ulimit -n {needed}`, or with LimitNOFILE={needed} of the service (`ulimits: nofile` of a"
        " container); or set MILLSTREAM_MAX_SOCKETS and MILLSTREAM_ROOMS_MAX_CONNECTIONS lower: each application of"
        " this process may have that many, and one ending in _<APP> is for that application"
    )


def settle_process() -> None:
    """Never look again at what was made until now: modules, settings, services. Called when all is served."""
    gc.collect()
    gc.freeze()
