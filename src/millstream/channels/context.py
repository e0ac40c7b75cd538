"""What all sockets of one project share, put together by `server.project`."""

from __future__ import annotations

from asyncio import AbstractEventLoop, TaskGroup
from collections.abc import Awaitable, Callable
from typing import Protocol

from millstream.auth.rate_limits import RateLimit
from millstream.auth.tokens import TokenVerifier
from millstream.channels.rate_limits import RollingRate, TokenBucket
from millstream.channels.settings import ChannelSettings
from millstream.channels.stored.kept import KeptBroadcasts
from millstream.channels.stored.replay import Replays
from millstream.channels.topics.member import Member
from millstream.channels.topics.presence import Presence
from millstream.channels.traffic import Traffic
from millstream.identity import Claims
from millstream.observe import Observer
from millstream.policy.topic_access import TopicAccess
from millstream.pubsub import Broker, Deadlines, Hub
from millstream.subscriptions.subscribe import Subscriptions

_EXPIRY_RESOLUTION_SECONDS = 1.0
_TOKEN_RESOLUTION_SECONDS = 0.1


class Expiring(Protocol):
    """A channel, as far as the clock is concerned."""

    def expire(self) -> None:
        """End, unless there is a new token by now."""
        ...

    def use_held_token(self) -> None:
        """Go on with the newest token that had to wait."""
        ...


class Listener(Member, Protocol):
    """A channel, as far as whoever feeds its topic is concerned."""

    @property
    def claims(self) -> Claims:
        """Who listens, as he is now."""
        ...

    def fail(self, message: str) -> None:
        """Close the channel with a reason that the client gets to see."""
        ...


class Feed(Protocol):
    """Somebody who sends to topics of his own and has to know who listens, such as live views."""

    def begin(self, watcher: Listener) -> None:
        """Take note of a channel that hears broadcasts now; may be called again for the same."""
        ...

    def end(self, watcher: Listener) -> None:
        """Forget a channel; do nothing when it is not known."""
        ...


class ChannelContext:
    """The collaborators and the shared limits of a project's channels.

    `clock` is wall time in seconds since 1970, against which tokens expire. `tasks` outlives every socket: what a join
    waits for runs there, and never raises into it. `until_log_streams` is set by whoever follows the log, `feed` where
    an application has live views.
    """

    def __init__(
        self,
        *,
        settings: ChannelSettings,
        hub: Hub,
        broker: Broker,
        subscriptions: Subscriptions,
        topics: TopicAccess,
        replays: Replays,
        kept: KeptBroadcasts,
        verifier: TokenVerifier,
        tasks: TaskGroup,
        loop: AbstractEventLoop,
        clock: Callable[[], float],
        observe: Observer,
    ) -> None:
        self.settings = settings
        self.hub = hub
        self.broker = broker
        self.subscriptions = subscriptions
        self.topics = topics
        self.until_log_streams: Callable[[], Awaitable[None]] = loop.create_future
        self.feed: Feed | None = None
        self.replays = replays
        self.kept = kept
        self.waiting_joins = 0
        self.verifier = verifier
        self.tasks = tasks
        self.time = loop.time
        self.clock = clock
        self.observe = observe
        self.traffic = Traffic()
        self.presence = Presence(hub)
        self.events = RollingRate(settings.events_per_second)
        self.presence_events = RollingRate(settings.presence_events_per_second)
        self.joins = TokenBucket(settings.joins_per_second, loop.time())
        self.refusals = RateLimit(settings.refusals_per_minute * 60, burst=settings.refusals_per_minute)
        self.expiries: Deadlines[Expiring] = Deadlines(loop, _EXPIRY_RESOLUTION_SECONDS, _expire)
        self.held_tokens: Deadlines[Expiring] = Deadlines(loop, _TOKEN_RESOLUTION_SECONDS, _use_held_token)


def _expire(channel: Expiring) -> None:
    channel.expire()


def _use_held_token(channel: Expiring) -> None:
    channel.use_held_token()
