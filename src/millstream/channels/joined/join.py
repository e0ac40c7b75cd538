"""From an admitted join to a joined channel, and to a changed caller later on.

Whoever asks was admitted already (`joined.admission`). A channel that follows row changes is opened in the project's
task group: the reply is sent when changes flow, before the first of them; one task a channel at a time.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager

from millstream.channels import refusals
from millstream.channels.context import ChannelContext
from millstream.channels.joined.authorization import ask_again, ask_to_hear
from millstream.channels.joined.channel import Channel
from millstream.channels.joined.postgres_changes import binding_requests, reply_response, resume_request
from millstream.channels.joined.work import run_for
from millstream.channels.observations import ChannelJoined
from millstream.channels.refusals import Refusal
from millstream.channels.stored.replay import parse as parse_replay
from millstream.errors import MillstreamError
from millstream.phoenix.effects import Join
from millstream.phoenix.serializer_legacy import LEGACY
from millstream.policy.topic_access import Extension
from millstream.subscriptions.bindings.binding import SubscriptionRefused
from millstream.subscriptions.resume import Outcome, Resumption
from millstream.subscriptions.subscription import Subscription

_LOG_SECONDS = 60.0


class Refused(Exception):
    """Ends a join that is under way."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.reason)
        self.refusal = refusal


def start(channel: Channel, join: Join) -> None:
    """Accept the join at once, or as soon as policies allow it and the changes that it asks for flow."""
    channel.wants_presence = join.config.presence_enabled
    if channel.rights is None and not join.config.postgres_changes and not join.config.replay:
        _accept(channel, join)
        return
    if channel.context.waiting_joins >= channel.context.settings.max_waiting_joins:
        _give_up(channel, join, refusals.TOO_MANY_WAITING)
        return
    channel.context.waiting_joins += 1
    _spawn(channel, _open(channel, join))


def change_caller(channel: Channel) -> None:
    """Have the channel hear with the rights of its new caller."""
    if not channel.busy:
        _spawn(channel, _settle(channel))


def hear_presence(channel: Channel) -> None:
    """Have the channel hear who is present, from now on, if it may."""
    if channel.wants_presence:
        return
    channel.wants_presence = True
    if channel.rights is None:
        channel.listen()
        return
    channel.rights.asked = (*channel.rights.asked, Extension.PRESENCE)
    change_caller(channel)


def _accept(channel: Channel, join: Join, resumption: Resumption | None = None) -> None:
    client = channel.client
    client.send(client.connection.accept(join, reply_response(join.config.postgres_changes, resumption)))
    channel.context.observe(ChannelJoined())
    channel.listen()
    if channel.replay is not None:
        channel.replayed = channel.context.replays.send(channel, channel.replay)
        channel.replay = None
    if join.config.replication_ready:
        run_for(channel, _announce_log(channel))


async def _announce_log(channel: Channel) -> None:
    """Tell that broadcasts from the database come, or close the channel that waits for them in vain (section 6)."""
    try:
        async with asyncio.timeout(_LOG_SECONDS):
            await channel.context.until_log_streams()
    except TimeoutError:
        if not channel.closed:
            channel.fail("Replication connection was not established in time")
        return
    if not channel.closed:
        channel.send_system("ok", "system", "Replication connection established")


def _spawn(channel: Channel, work: Coroutine[None, None, None]) -> None:
    channel.busy = True
    run_for(channel, _alone(channel, work))


async def _alone(channel: Channel, work: Coroutine[None, None, None]) -> None:
    try:
        await work
    finally:
        channel.busy = False


async def _open(channel: Channel, join: Join) -> None:
    config = join.config
    milliseconds = config.wait_ms or int(channel.context.settings.join_timeout_seconds * 1000)
    try:
        async with _counted(channel.context), asyncio.timeout(milliseconds / 1000):
            await _authorize(channel, join)
            await _find_replay(channel, join)
            await _follow(channel, join)
    except Refused as refused:
        _give_up(channel, join, refused.refusal)
    except TimeoutError:
        late = refusals.subscribe_timeout(milliseconds) if config.postgres_changes else refusals.DATABASE_UNREACHABLE
        _give_up(channel, join, late)
    except MillstreamError as error:
        _give_up(channel, join, refusals.trouble_of(error).refusal)
    else:
        await _replay(channel)
        await _settle(channel)


@asynccontextmanager
async def _counted(context: ChannelContext) -> AsyncIterator[None]:
    try:
        yield
    finally:
        context.waiting_joins -= 1


async def _authorize(channel: Channel, join: Join) -> None:
    """Ask what a private channel may hear; raise Refused when it is nothing."""
    rights = channel.rights
    if rights is None:
        return
    if join.config.presence_enabled:
        rights.asked = (*rights.asked, Extension.PRESENCE)
    refusal = await ask_to_hear(channel, rights)
    if refusal is not None:
        raise Refused(refusal)


async def _find_replay(channel: Channel, join: Join) -> None:
    """Read the earlier messages that the client asks for; raise Refused when it cannot have them."""
    if join.config.replay is None:
        return
    request = parse_replay(join.config.replay, private=join.config.private)
    if isinstance(request, Refusal):
        raise Refused(request)
    found = await channel.context.replays.find(channel.sub_topic, request)
    if isinstance(found, Refusal):
        raise Refused(found)
    channel.replay = found


async def _follow(channel: Channel, join: Join) -> None:
    """Accept the join, with the changes that it asks for flowing or with word of why they do not."""
    if channel.closed:
        return
    if not join.config.postgres_changes:
        _accept(channel, join)
        return
    try:
        await _subscribe(channel, join)
    except SubscriptionRefused as error:
        if join.config.wait_ms is not None:
            raise Refused(refusals.not_subscribed(error)) from error
        if not channel.closed:
            _accept(channel, join)
            channel.send_system("error", "postgres_changes", error.message)


async def _subscribe(channel: Channel, join: Join) -> None:
    """Open the subscription and, without a pause in which a change could overtake it, send the reply."""
    context, serializer = channel.context, channel.serializer
    most = context.settings.max_bindings_per_channel
    if len(join.config.postgres_changes) > most:
        raise SubscriptionRefused(f"Unable to subscribe to changes: a channel may have {most} bindings")
    claims = channel.claims
    subscription = await context.subscriptions.open(
        topic=channel.topic,
        serializer=LEGACY[serializer.vsn] if join.config.legacy else serializer,
        mailbox=channel.mailbox,
        claims=claims,
        bindings=binding_requests(join.config.postgres_changes),
        resume=resume_request(join.config.resume),
    )
    if channel.closed:
        context.subscriptions.close(subscription)
        return
    channel.subscription = subscription
    channel.subscribed_as = claims
    _accept(channel, join, subscription.resumption)
    channel.send_system("ok", "postgres_changes", "Subscribed to PostgreSQL")
    if subscription.resumption is not None and subscription.resumption.outcome is Outcome.RELOAD:
        channel.send_system("ok", "postgres_changes", "Load anew: what came after your position is gone", "reload")


async def _replay(channel: Channel) -> None:
    """Tell a client that resumes what it has missed, and that this was all."""
    subscription = channel.subscription
    if subscription is not None and subscription.replay is not None:
        await channel.context.subscriptions.replay(subscription)
        if not channel.closed:
            channel.send_system("ok", "postgres_changes", "Everything since your position was told", "resumed")


async def _settle(channel: Channel) -> None:
    """Bring rights and subscription to the channel's caller, who may change again meanwhile."""
    while not channel.closed:
        if channel.rights is not None and channel.rights.are_outdated(channel.claims):
            await ask_again(channel, channel.rights)
        elif channel.subscription is not None and channel.subscribed_as != channel.claims:
            await _change_subscriber(channel, channel.subscription)
        else:
            return


async def _change_subscriber(channel: Channel, subscription: Subscription) -> None:
    claims = channel.claims
    try:
        await channel.context.subscriptions.change_claims(subscription, claims)
    except SubscriptionRefused as error:
        if not channel.closed:
            channel.send_system("error", "postgres_changes", error.message)
    channel.subscribed_as = claims


def _give_up(channel: Channel, join: Join, refusal: Refusal) -> None:
    if not channel.closed:
        channel.client.refuse(join, refusal)
        channel.client.forget(channel)
