"""What anybody may ask to be mailed: a link to sign in, to recover, the last mail again; and a code to prove oneself.

Except for the code, whoever asks need not own the address: so every answer is the same and takes the same time,
whether or not there is an account, and both an address and whoever asks get only so many mails an hour.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from psycopg.errors import UniqueViolation

from millstream.auth.auth import Auth, Client
from millstream.auth.errors import OtpDisabled, ValidationFailed
from millstream.auth.flows.email_change import mail_change
from millstream.auth.flows.link import Asker, LinkType, mail_link, needed_outbox
from millstream.auth.flows.sign_up import insert_account
from millstream.auth.store.audit_log import Action, record
from millstream.auth.store.one_time_tokens import Kind, issue_token
from millstream.auth.store.users import Connection, User, find_user_by_address, normal_address, update_user
from millstream.mail.letter import Occasion


async def sign_in_by_mail(
    auth: Auth, *, address: str, create_user: bool, data: Mapping[str, Any], asker: Asker
) -> None:
    """Mail a link and digits that sign in, making an account where there is none and `create_user` says so."""
    if auth.outbox is None:
        raise OtpDisabled("Signups not allowed for otp")
    normal = normal_address(address)
    auth.limits.count_mail(asker.client.ip, normal)
    may_create = create_user and auth.settings.sign_up
    async with auth.evenly():
        try:
            async with auth.transaction() as connection:
                user = await find_user_by_address(connection, normal)
                if user is None and may_create:
                    user = await insert_account(connection, normal, None, data, confirmed=None)
                    await record(connection, Action.SIGNED_UP, user_id=user.id, name=normal, ip=asker.client.ip)
                if user is not None and not user.is_banned(auth.now):
                    await mail_link(auth, connection, user.id, LinkType.MAGIC_LINK, normal, asker)
        except UniqueViolation:
            return  # somebody else made the account at the same moment, and mails its link


async def recover(auth: Auth, *, address: str, asker: Asker) -> None:
    """Mail a link with which a forgotten password can be replaced."""
    needed_outbox(auth)
    normal = normal_address(address)
    auth.limits.count_mail(asker.client.ip, normal)
    async with auth.evenly(), auth.transaction() as connection:
        user = await find_user_by_address(connection, normal)
        if user is not None and not user.is_banned(auth.now):
            await mail_link(auth, connection, user.id, LinkType.RECOVERY, normal, asker)


async def resend(auth: Auth, *, what: str, address: str, asker: Asker) -> None:
    """Mail the confirmation of a sign-up or of a change of address again, with a new link."""
    if what not in {LinkType.SIGN_UP, LinkType.EMAIL_CHANGE}:
        raise ValidationFailed("Missing one of these types: signup, email_change")
    needed_outbox(auth)
    normal = normal_address(address)
    auth.limits.count_mail(asker.client.ip, normal)
    async with auth.evenly(), auth.transaction() as connection:
        user = await find_user_by_address(connection, normal)
        if user is not None:
            await _resend(auth, connection, user, what, asker)


async def reauthenticate(auth: Auth, user: User, client: Client) -> None:
    """Mail the signed-in user a code that proves, with a new password, that it is still the owner of the address."""
    outbox = needed_outbox(auth)
    address = user.row["email"]
    if not address or user.row["email_confirmed_at"] is None:
        raise ValidationFailed("Please verify your email first")
    auth.limits.count_mail(client.ip, address)
    async with auth.transaction() as connection:
        token = await issue_token(
            connection, user.id, Kind.REAUTHENTICATION, auth.one_time, relates_to=address, now=auth.now
        )
        await update_user(connection, user.id, {"reauthentication_sent_at": auth.now})
        await outbox.post(connection, Occasion.REAUTHENTICATION, address, {"code": token.digits})


async def _resend(auth: Auth, connection: Connection, user: User, what: str, asker: Asker) -> None:
    if what == LinkType.EMAIL_CHANGE:
        if user.row["email_change"]:
            await mail_change(auth, connection, user, user.row["email_change"], asker)
    elif user.row["email_confirmed_at"] is None:
        await mail_link(auth, connection, user.id, LinkType.SIGN_UP, user.row["email"], asker)
