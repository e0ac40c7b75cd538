"""What the reply to a heartbeat says of positions: how far the log was told to the channels that resume.

Clients that hear nothing for longer than the history reaches would have to load anew, though they missed nothing. The
reply is put into the socket's mailbox behind every change that it speaks of. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable

import orjson

from millstream.channels.context import ChannelContext
from millstream.channels.joined.channel import Channel

NOTHING = b"{}"


def told_so_far(context: ChannelContext, channels: Iterable[Channel]) -> bytes:
    """Encode the log, the place, and the join_refs of the channels that were told all up to it.

    Who never asked to resume gets an empty answer, as from any other server.
    """
    refs = [channel.client.connection.join_ref(channel.topic) for channel in channels if _was_told(channel)]
    told = context.subscriptions.told if refs else None
    if told is None:
        return NOTHING
    log, lsn = told
    return orjson.dumps({"log": log, "lsn": str(lsn), "joins": refs})


def _was_told(channel: Channel) -> bool:
    """Tell whether changes go straight to the client's mailbox, and nothing older is still to be replayed."""
    subscription = channel.subscription
    return (
        subscription is not None
        and subscription.resumption is not None
        and subscription.cohort is not None
        and subscription.mailbox is channel.mailbox
    )
