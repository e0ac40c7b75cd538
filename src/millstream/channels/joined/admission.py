"""Who may ask to join at all, decided at once and in the order of section 4, before anything is asked of the database.

Called by `channels.socket`, which counts its own channels and joins; returns whose rights the channel will have.
"""

from __future__ import annotations

from millstream.auth.errors import TokenRefused
from millstream.channels import refusals
from millstream.channels.context import ChannelContext
from millstream.channels.refusals import PRIVATE_ONLY, TOO_MANY_CHANNELS, TOO_MANY_JOINS, Refusal
from millstream.identity import Claims
from millstream.phoenix.effects import Join


def admitted_caller(context: ChannelContext, join: Join, *, key: Claims, joined: int) -> Claims | Refusal:
    """Return whose rights the channel will have, or why it may not be joined.

    `key` are the claims of the connection, on which `joined` channels are open.
    """
    if context.settings.private_channels_only and not join.config.private:
        return PRIVATE_ONLY
    if not context.joins.take(context.time()):
        return TOO_MANY_JOINS
    if joined >= context.settings.max_channels_per_socket:
        return TOO_MANY_CHANNELS
    return _caller(context, join.config.access_token, key)


def _caller(context: ChannelContext, token: str | None, key: Claims) -> Claims | Refusal:
    if token is not None:
        try:
            return context.verifier.verify(token)
        except TokenRefused as error:
            return refusals.token_refused(error, token, context.clock())
    if key.expires_at is not None and key.expires_at <= context.clock():
        return refusals.expired(context.clock() - key.expires_at)
    return key
