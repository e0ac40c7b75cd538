"""Moves an account to another address, once the new address and, as a rule, the old one have confirmed it.

A change counts when all its mails were answered; until then the account keeps its address. Asking for an address that
somebody else has looks the same as for a free one, and mails nobody.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from millstream.auth.auth import Auth
from millstream.auth.flows.link import Asker, LinkType, mail_link
from millstream.auth.flows.sign_up import EMAIL_PROVIDER
from millstream.auth.store.one_time_tokens import Kind
from millstream.auth.store.users import Connection, User, find_user_by_address, put_email_identity, update_user


async def ask_for_address(auth: Auth, connection: Connection, user: User, address: str, asker: Asker) -> dict[str, Any]:
    """Return the columns of a change that is still to be confirmed, and mail whoever must confirm it."""
    if auth.outbox is not None:
        await mail_change(auth, connection, user, address, asker)
    return {"email_change": address, "email_change_sent_at": auth.now, "email_change_confirm_status": 0}


async def mail_change(auth: Auth, connection: Connection, user: User, address: str, asker: Asker) -> None:
    """Mail the new address, and the old one where both must confirm; nobody when the address is taken."""
    if await find_user_by_address(connection, address) is not None:
        return
    wanted = [(Kind.EMAIL_CHANGE_NEW, address)]
    if _needs_both(auth, user):
        wanted.append((Kind.EMAIL_CHANGE_CURRENT, user.row["email"]))
    for kind, recipient in wanted:
        await mail_link(
            auth, connection, user.id, LinkType.EMAIL_CHANGE, recipient, asker, kind=kind, new_address=address
        )
    await update_user(connection, user.id, {"email_change_confirm_status": 0})


async def confirm_change(auth: Auth, connection: Connection, user: User) -> bool:
    """Count one confirmation; move the account and return True when it was the last. May raise a UniqueViolation."""
    if _needs_both(auth, user) and not user.row["email_change_confirm_status"]:
        await update_user(connection, user.id, {"email_change_confirm_status": 1})
        return False
    values = await new_address_columns(auth, connection, user, user.row["email_change"])
    reset = {"email_change": None, "email_change_confirm_status": 0}
    await update_user(connection, user.id, {**values, **reset})
    return True


async def new_address_columns(
    auth: Auth, connection: Connection, user: User, address: str, metadata: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Return the columns of an address that is in force from now on, and put its identity."""
    await put_email_identity(connection, user.id, address, verified=True)
    about = {"email": address, "email_verified": True, "phone_verified": False, "sub": str(user.id)}
    known = user.row["raw_user_meta_data"] if metadata is None else metadata
    return {
        "email": address,
        "email_confirmed_at": auth.now,
        "is_anonymous": False,
        "raw_app_meta_data": {**(user.row["raw_app_meta_data"] or {}), **EMAIL_PROVIDER},
        "raw_user_meta_data": {**(known or {}), **about},
    }


def _needs_both(auth: Auth, user: User) -> bool:
    return auth.settings.confirm_change_twice and bool(user.row["email"])
