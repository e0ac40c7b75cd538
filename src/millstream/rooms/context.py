"""What all Socket.IO connections of one project share, put together by `server.project_rooms`."""

from __future__ import annotations

from asyncio import AbstractEventLoop, TaskGroup
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Protocol

from millstream.auth.rate_limits import RateLimit
from millstream.identity import Claims
from millstream.observe import Observer
from millstream.pubsub import Deadlines, Hub
from millstream.rooms.clients.roster import Roster
from millstream.rooms.declaration import Rooms
from millstream.rooms.rights import RoomRights
from millstream.rooms.settings import RoomSettings
from millstream.rooms.told.emission import NOWHERE
from millstream.rooms.told.kept import Kept
from millstream.rooms.told.members import Members

if TYPE_CHECKING:
    from millstream.rooms.clients.socket import RoomSocket

_EXPIRY_RESOLUTION_SECONDS = 1.0

Authenticate = Callable[[str | None, str], Claims]
"""Return who a token, or none, stands for, presented by this user agent; raise a MillstreamError to refuse it."""

Call = Callable[[str, bytes, Claims], Awaitable[bytes]]
"""Call an operation with a JSON object; return JSON, or raise a MillstreamError."""


class Expiring(Protocol):
    """A client, as far as the clock is concerned."""

    def expire(self) -> None:
        """End, unless there is a new token by now."""
        ...


class RoomContext:
    """The collaborators and the shared limits of a project's rooms.

    `clock` is wall time in seconds since 1970, against which tokens expire. `tasks` outlives every connection: what has
    to be asked of the database is asked there, and nothing ever raises into it.
    """

    def __init__(
        self,
        *,
        settings: RoomSettings,
        declared: Rooms,
        hub: Hub,
        rights: RoomRights,
        authenticate: Authenticate,
        call: Call,
        tasks: TaskGroup,
        loop: AbstractEventLoop,
        clock: Callable[[], float],
        observe: Observer,
    ) -> None:
        self.settings = settings
        self.declared = declared
        self.hub = hub
        self.rights = rights
        self.authenticate = authenticate
        self.call = call
        self.tasks = tasks
        self.loop = loop
        self.time = loop.time
        self.clock = clock
        self.observe = observe
        self.members = Members(hub)
        self.kept = Kept(settings, loop.time)
        self.roster: Roster[RoomSocket] = Roster()
        self.reached = NOWHERE
        """The last place in the log that was told: who joins now hears everything after it."""
        self.rights_changes = 0
        """How often the log has told that somebody's rights may have changed."""
        self.refusals = RateLimit(settings.refusals_per_minute * 60, burst=settings.refusals_per_minute)
        self.expiries: Deadlines[Expiring] = Deadlines(loop, _EXPIRY_RESOLUTION_SECONDS, _expire)


def _expire(client: Expiring) -> None:
    client.expire()
