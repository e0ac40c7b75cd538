"""What a server asks of the process that it has to itself: open files enough for its sockets, and few collections.

Called once by whoever runs servers, never by code that shares its process with others. Sockets take one file each; a
limit below those that are allowed is told at the start, not when the first client is turned away.
"""

from __future__ import annotations

import gc
import resource
from dataclasses import dataclass
from typing import ClassVar

from millstream.observe import Level, Observation, Observer

FILES_BESIDES_SOCKETS = 200
"""Connections to PostgreSQL, listeners, mails, webhooks, logs."""

# Next to nothing here lies in cycles, and the history holds some 100,000 rows for minutes: looking through them for
# cycles after every 700th object, as Python does by itself, costs a fifth of the work of a change.
_OBJECTS_BETWEEN_COLLECTIONS = 50_000


@dataclass(frozen=True, slots=True)
class OpenFilesLimited(Observation):
    """The process may open fewer files than the sockets that are allowed need; more clients than that cannot come."""

    level: ClassVar[Level] = Level.WARNING
    limit: int
    needed: int
    remedy: str = (
        "raise it with `ulimit -n`, or LimitNOFILE of the service, or lower MILLSTREAM_MAX_SOCKETS"
        " and MILLSTREAM_ROOMS_MAX_CONNECTIONS"
    )


def prepare_process(*, sockets: int, observe: Observer) -> None:
    """Raise the limit of open files as far as the system lets us, and collect garbage as a server needs it."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    needed = sockets + FILES_BESIDES_SOCKETS
    if most != resource.RLIM_INFINITY and most < needed:
        observe(OpenFilesLimited(most, needed))
    gc.set_threshold(_OBJECTS_BETWEEN_COLLECTIONS, 20, 50)


def settle_process() -> None:
    """Never look again at what was made until now: modules, settings, services. Called when all is served."""
    gc.collect()
    gc.freeze()
