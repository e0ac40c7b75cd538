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
from millstream.channels.observations import ChannelCrashed
from millstream.channels.postgres_changes import binding_requests, reply_response
from millstream.channels.refusals import TOO_MANY_CHANNELS, TOO_MANY_JOINS, Refusal
from millstream.errors import MillstreamError
from millstream.identity import Claims
from millstream.phoenix.connection import TOPIC_PREFIX
from millstream.phoenix.effects import Join
from millstream.phoenix.serializer_legacy import LEGACY
from millstream.subscriptions.subscription import SubscriptionRefused

if TYPE_CHECKING:
    from millstream.channels.socket import Socket


def admitted_caller(socket: Socket, join: Join) -> Claims | Refusal:
    """Return whose rights the channel will have, or why it may not be joined."""
    context = socket.context
    if not context.joins.take(context.time()):
        return TOO_MANY_JOINS
    if socket.connection.joined >= context.settings.max_channels_per_socket:
        return TOO_MANY_CHANNELS
    caller = _caller(socket, join)
    if isinstance(caller, Claims) and join.config.private:
        # Authorization of private topics is not served yet: the safe answer is no.
        return refusals.not_readable(join.topic.removeprefix(TOPIC_PREFIX))
    return caller


def start(channel: Channel, join: Join) -> None:
    """Accept the join at once, or as soon as the changes that it asks for flow."""
    if not join.config.postgres_changes:
        _accept(channel, join)
        return
    _spawn(channel, _open(channel, join))


def change_caller(channel: Channel) -> None:
    """Have the subscription see with the rights of the channel's new caller."""
    if channel.subscription is not None and not channel.busy:
        _spawn(channel, _settle(channel))


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


def _accept(channel: Channel, join: Join) -> None:
    socket = channel.socket
    socket.send(socket.connection.accept(join, reply_response(join.config.postgres_changes)))
    socket.context.hub.subscribe(channel.members, channel.mailbox)
    if join.config.presence_enabled:
        channel.watch_presence()


def _spawn(channel: Channel, work: Coroutine[None, None, None]) -> None:
    channel.busy = True
    channel.socket.context.tasks.create_task(_guarded(channel, work))


async def _guarded(channel: Channel, work: Coroutine[None, None, None]) -> None:
    """Run a channel's work; a fault in it ends this channel and nothing else."""
    try:
        await work
    except Exception as error:  # noqa: BLE001 - the border between one client's channel and the server
        channel.socket.context.observe(ChannelCrashed(f"{type(error).__name__}: {error}"))
        channel.socket.crash_channel(channel)
    finally:
        channel.busy = False


async def _open(channel: Channel, join: Join) -> None:
    socket, config = channel.socket, join.config
    milliseconds = config.wait_ms or int(socket.context.settings.join_timeout_seconds * 1000)
    try:
        async with asyncio.timeout(milliseconds / 1000):
            await _subscribe(channel, join)
    except SubscriptionRefused as error:
        if not channel.closed:
            _accept(channel, join)
            channel.send_system("error", "postgres_changes", error.message)
    except TimeoutError:
        _give_up(channel, join, refusals.subscribe_timeout(milliseconds))
    except MillstreamError:
        _give_up(channel, join, refusals.DATABASE_UNREACHABLE)
    else:
        await _settle(channel)


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
    )
    if channel.closed:
        socket.context.subscriptions.close(subscription)
        return
    channel.subscription = subscription
    channel.subscribed_as = claims
    _accept(channel, join)
    channel.send_system("ok", "postgres_changes", "Subscribed to PostgreSQL")


async def _settle(channel: Channel) -> None:
    """Bring the subscription to the channel's caller, who may change again meanwhile."""
    subscriptions = channel.socket.context.subscriptions
    while channel.subscription is not None and channel.subscribed_as != channel.claims:
        claims = channel.claims
        try:
            await subscriptions.change_claims(channel.subscription, claims)
        except SubscriptionRefused as error:
            if not channel.closed:
                channel.send_system("error", "postgres_changes", error.message)
        channel.subscribed_as = claims


def _give_up(channel: Channel, join: Join, refusal: Refusal) -> None:
    if not channel.closed:
        channel.socket.refuse(join, refusal)
        channel.socket.forget(channel)
