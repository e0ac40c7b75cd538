"""Asks what a private channel may hear and say, and acts when the answer has come.

Asked by `joined.join` at the join and again for a new token, by `joined.broadcast` and `joined.presence` before the
first message; `policy.topic_access` answers, the channel's `Rights` keep it. Messages that wait for the answer keep
their order. Public channels have no rights: they may do all.
"""

from __future__ import annotations

from millstream.channels import refusals
from millstream.channels.joined.channel import Channel
from millstream.channels.joined.rights import Act, Rights
from millstream.channels.joined.work import run_for
from millstream.channels.refusals import Refusal
from millstream.errors import MillstreamError
from millstream.policy.topic_access import Extension

MOST_WAITING = 1000
NO_LONGER_READABLE = "You no longer have permission to read from this Channel topic: "


async def ask_to_hear(channel: Channel, rights: Rights) -> Refusal | None:
    """Ask for everything that the channel wants to hear; return why it may hear nothing at all."""
    claims, asked, generation = channel.claims, rights.asked, rights.generation
    try:
        readable = await channel.context.topics.readable(claims, channel.sub_topic, asked)
    except MillstreamError as error:
        return refusals.trouble_of(error).refusal
    rights.readable = readable
    if generation == rights.generation:
        rights.answered = (claims, asked)
    return None if readable else refusals.not_readable(channel.sub_topic)


async def ask_again(channel: Channel, rights: Rights) -> None:
    """Ask for a new caller or for more; close the channel that may not hear what it heard, or cannot be judged."""
    before = rights.readable
    refusal = await ask_to_hear(channel, rights)
    if channel.closed:
        return
    if not before <= rights.readable or (refusal is not None and refusal.code == refusals.UNAUTHORIZED):
        channel.fail(NO_LONGER_READABLE + channel.sub_topic)
    elif refusal is not None:
        channel.fail(refusal.text)
    else:
        channel.listen()


def when_writable(channel: Channel, extension: Extension, act: Act) -> None:
    """Act at once when the answer is known, else when it comes, after everything that was asked before."""
    rights = channel.rights
    if rights is None:
        act(None)
    elif extension in rights.waiting:
        _wait(channel, rights.waiting[extension], act)
    elif extension in rights.writable:
        act(None if rights.writable[extension] else "unauthorized")
    else:
        rights.waiting[extension] = [act]
        run_for(channel, _decide(channel, rights, extension))


def _wait(channel: Channel, waiting: list[Act], act: Act) -> None:
    if len(waiting) >= MOST_WAITING:
        channel.fail(refusals.TOO_MANY_MESSAGES)
    else:
        waiting.append(act)


async def _decide(channel: Channel, rights: Rights, extension: Extension) -> None:
    failure = await _failure(channel, rights, extension)
    for act in rights.waiting.pop(extension):
        if channel.closed:
            return
        act(failure)


async def _failure(channel: Channel, rights: Rights, extension: Extension) -> str | None:
    """Ask about the channel's caller, who may change meanwhile; trouble is an answer for now and not kept."""
    while True:
        claims, generation = channel.claims, rights.generation
        try:
            allowed = await channel.context.topics.writable(claims, channel.sub_topic, extension)
        except MillstreamError as error:
            return refusals.trouble_of(error).code
        if (claims, generation) == (channel.claims, rights.generation):
            rights.writable[extension] = allowed
            return None if allowed else "unauthorized"
