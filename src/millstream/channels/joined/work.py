"""What a channel waits for, run in the project's task group: a fault in it ends this channel and nothing else."""

from __future__ import annotations

from collections.abc import Coroutine

from millstream.channels.joined.channel import Channel
from millstream.channels.observations import ChannelCrashed


def run_for(channel: Channel, work: Coroutine[None, None, None]) -> None:
    """Run work that a channel asked for; its client is told to join again when it fails."""
    channel.context.tasks.create_task(_guarded(channel, work))


async def _guarded(channel: Channel, work: Coroutine[None, None, None]) -> None:
    try:
        await work
    except Exception as error:  # noqa: BLE001 - the border between one client's channel and the server
        channel.context.observe(ChannelCrashed(f"{type(error).__name__}: {error}"))
        channel.client.crash_channel(channel)
