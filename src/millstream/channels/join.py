"""From an admitted join to a joined channel, and to a changed caller later on.

Who asks is decided at once, in the order of section 4. A channel that follows row changes is then opened in the
project's task group: the reply is sent when changes flow, before the first of them; one task a channel at a time.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import TYPE_CHECKING

from millstream.auth.errors import TokenRefused
from millstream.channels import refusals
from millstream.channels.channel import Channel
from millstream.channels.postgres_changes import binding_requests, reply_response, resume_request
from millstream.channels.refusals import PRIVATE_ONLY, TOO_MANY_CHANNELS, TOO_MANY_JOINS, Refusal
from millstream.channels.replay import parse as parse_replay
from millstream.channels.rights import ask_again, ask_to_hear, is_outdated
from millstream.channels.work import run_for
from millstream.errors import MillstreamError
from millstream.identity import Claims
from millstream.phoenix.effects import Join
from millstream.phoenix.serializer_legacy import LEGACY
from millstream.policy.topic_access import Extension
from millstream.subscriptions.resume import Outcome, Resumption
from millstream.subscriptions.subscription import Subscription, SubscriptionRefused

if TYPE_CHECKING:
    from millstream.channels.socket import Socket


_LOG_SECONDS = 60.0


class Refused(Exception):
    """Ends a join that is under way."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.reason)
        self.refusal = refusal


def admitted_caller(socket: Socket, join: Join) -> Claims | Refusal:
    """Return whose rights the channel will have, or why it may not be joined."""
    context = socket.context
    if context.settings.private_channels_only and not join.config.private:
        return PRIVATE_ONLY
    if not context.joins.take(context.time()):
        return TOO_MANY_JOINS
    if socket.connection.joined >= context.settings.max_channels_per_socket:
        return TOO_MANY_CHANNELS
    return _caller(socket, join)


def start(channel: Channel, join: Join) -> None:
    """Accept the join at once, or as soon as policies allow it and the changes that it asks for flow."""
    channel.wants_presence = join.config.presence_enabled
    if channel.rights is None and not join.config.postgres_changes and not join.config.replay:
        _accept(channel, join)
        return
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


def _caller(socket: Socket, join: Join) -> Claims | Refusal:
    context = socket.context
    token = join.config.access_token
    if token is not None:
        try:
            return context.verifier.verify(token)
        except TokenRefused as error:
            return refusals.token_refused(error, token, context.clock())
    expires_at = socket.claims.expires_at
    if expires_at is not None and expires_at <= context.clock():
        return refusals.expired(context.clock() - expires_at)
    return socket.claims


def _accept(channel: Channel, join: Join, resumption: Resumption | None = None) -> None:
    socket = channel.socket
    socket.send(socket.connection.accept(join, reply_response(join.config.postgres_changes, resumption)))
    channel.listen()
    if channel.replay is not None:
        socket.context.replays.send(channel, channel.replay)
        channel.replay = None
    if join.config.replication_ready:
        run_for(channel, _announce_log(channel))


async def _announce_log(channel: Channel) -> None:
    """Tell that broadcasts from the database come, or close the channel that waits for them in vain (section 6)."""
    try:
        async with asyncio.timeout(_LOG_SECONDS):
            await channel.socket.context.until_log_streams()
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
    socket, config = channel.socket, join.config
    milliseconds = config.wait_ms or int(socket.context.settings.join_timeout_seconds * 1000)
    try:
        async with asyncio.timeout(milliseconds / 1000):
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
    found = await channel.socket.context.replays.find(channel.sub_topic, request)
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
        if not channel.closed:
            _accept(channel, join)
            channel.send_system("error", "postgres_changes", error.message)


async def _subscribe(channel: Channel, join: Join) -> None:
    """Open the subscription and, without a pause in which a change could overtake it, send the reply."""
    socket = channel.socket
    serializer = socket.connection.serializer
    claims = channel.claims
    subscription = await socket.context.subscriptions.open(
        topic=channel.topic,
        serializer=LEGACY[serializer.vsn] if join.config.legacy else serializer,
        mailbox=channel.mailbox,
        claims=claims,
        bindings=binding_requests(join.config.postgres_changes),
        resume=resume_request(join.config.resume),
    )
    if channel.closed:
        socket.context.subscriptions.close(subscription)
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
        await channel.socket.context.subscriptions.replay(subscription)
        if not channel.closed:
            channel.send_system("ok", "postgres_changes", "Everything since your position was told", "resumed")


async def _settle(channel: Channel) -> None:
    """Bring rights and subscription to the channel's caller, who may change again meanwhile."""
    while not channel.closed:
        if channel.rights is not None and is_outdated(channel):
            await ask_again(channel, channel.rights)
        elif channel.subscription is not None and channel.subscribed_as != channel.claims:
            await _change_subscriber(channel, channel.subscription)
        else:
            return


async def _change_subscriber(channel: Channel, subscription: Subscription) -> None:
    claims = channel.claims
    try:
        await channel.socket.context.subscriptions.change_claims(subscription, claims)
    except SubscriptionRefused as error:
        if not channel.closed:
            channel.send_system("error", "postgres_changes", error.message)
    channel.subscribed_as = claims


def _give_up(channel: Channel, join: Join, refusal: Refusal) -> None:
    if not channel.closed:
        channel.socket.refuse(join, refusal)
        channel.socket.forget(channel)
