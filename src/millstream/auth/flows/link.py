"""Issues a link that proves an address, and mails it: what sign-up, sign-in, recovery and changes of address share.

Works in the caller's transaction, so the mail leaves exactly when the token counts. `flows.verify` takes links back.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlencode
from uuid import UUID

from millstream.auth.auth import Auth, Client
from millstream.auth.errors import MailDisabled
from millstream.auth.pkce import Challenge
from millstream.auth.redirects import allowed_redirect
from millstream.auth.store.flow_state import begin_flow
from millstream.auth.store.one_time_tokens import Kind, OneTimeToken, issue_token
from millstream.auth.store.users import Connection, update_user
from millstream.mail.letter import Occasion
from millstream.mail.outbox import Outbox


class LinkType(StrEnum):
    """What a link does, as auth-js names it."""

    SIGN_UP = "signup"
    INVITE = "invite"
    MAGIC_LINK = "magiclink"
    RECOVERY = "recovery"
    EMAIL_CHANGE = "email_change"


KINDS = {
    LinkType.SIGN_UP: Kind.CONFIRMATION,
    LinkType.INVITE: Kind.CONFIRMATION,
    LinkType.MAGIC_LINK: Kind.RECOVERY,
    LinkType.RECOVERY: Kind.RECOVERY,
    LinkType.EMAIL_CHANGE: Kind.EMAIL_CHANGE_NEW,
}
_SENT_AT = {
    LinkType.SIGN_UP: "confirmation_sent_at",
    LinkType.INVITE: "invited_at",
    LinkType.MAGIC_LINK: "recovery_sent_at",
    LinkType.RECOVERY: "recovery_sent_at",
    LinkType.EMAIL_CHANGE: "email_change_sent_at",
}
_OCCASIONS = {
    LinkType.SIGN_UP: Occasion.CONFIRMATION,
    LinkType.INVITE: Occasion.INVITATION,
    LinkType.MAGIC_LINK: Occasion.MAGIC_LINK,
    LinkType.RECOVERY: Occasion.RECOVERY,
    LinkType.EMAIL_CHANGE: Occasion.EMAIL_CHANGE,
}


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks for a link: from where, where it shall lead, and the challenge that its code must meet, if any."""

    client: Client
    redirect_to: str | None = None
    challenge: Challenge | None = None


def needed_outbox(auth: Auth) -> Outbox:
    """Return the project's outbox. Raises MailDisabled where it has none."""
    if auth.outbox is None:
        raise MailDisabled("This project sends no mail")
    return auth.outbox


def link_url(auth: Auth, link_type: LinkType, token: OneTimeToken, redirect_to: str) -> str:
    """Return the URL that a person follows."""
    query = urlencode({"token": token.link_token, "type": link_type.value, "redirect_to": redirect_to})
    return f"{auth.url}/verify?{query}"


async def issue_link(
    auth: Auth,
    connection: Connection,
    user_id: UUID,
    link_type: LinkType,
    address: str,
    *,
    challenge: Challenge | None = None,
    kind: Kind | None = None,
) -> OneTimeToken:
    """Make the token of a link and note its time on the account."""
    now = auth.now
    flow_id = None
    if challenge is not None:
        flow_id = await begin_flow(connection, user_id, challenge, link_type.value, now=now)
    token = await issue_token(
        connection, user_id, kind or KINDS[link_type], auth.one_time, relates_to=address, now=now, flow_id=flow_id
    )
    await update_user(connection, user_id, {_SENT_AT[link_type]: now})
    return token


async def mail_link(
    auth: Auth,
    connection: Connection,
    user_id: UUID,
    link_type: LinkType,
    address: str,
    asker: Asker,
    *,
    kind: Kind | None = None,
    new_address: str = "",
) -> None:
    """Issue a link and write the mail with it. Raises MailDisabled."""
    outbox = needed_outbox(auth)
    token = await issue_link(auth, connection, user_id, link_type, address, challenge=asker.challenge, kind=kind)
    link = link_url(auth, link_type, token, allowed_redirect(auth.settings, asker.redirect_to))
    values = {"link": link, "code": token.digits, "new_address": new_address}
    await outbox.post(connection, _OCCASIONS[link_type], address, values)
