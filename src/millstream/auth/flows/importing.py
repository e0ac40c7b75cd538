"""Takes accounts over from another server: rows of `auth.users` as Supabase's PostgreSQL prints them in JSON.

Ids stay, so that rows which refer to accounts do; passwords stay as hashes that are verified and renewed at the next
sign-in. Sessions and mailed links of the other server are not taken over.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg.errors import UniqueViolation

from millstream.auth.auth import Auth, Client
from millstream.auth.errors import EmailExists, ValidationFailed
from millstream.auth.flows.sign_up import EMAIL_PROVIDER
from millstream.auth.password_hashes import is_readable
from millstream.auth.store.audit_log import Action, record
from millstream.auth.store.users import (
    insert_user,
    merge_app_metadata,
    merge_user_metadata,
    normal_address,
    put_email_identity,
)

_TIMES = ("email_confirmed_at", "invited_at", "last_sign_in_at", "banned_until")


async def import_account(auth: Auth, row: Mapping[str, Any], client: Client) -> UUID:
    """Make an account out of a row; return its id. Raises EmailExists where id or address is taken, ValidationFailed.

    Without a hash that can be verified the account has no password, and its owner asks for a new one by mail.
    """
    try:
        user_id, address = UUID(str(row["id"])), normal_address(str(row["email"]))
        times = {name: datetime.fromisoformat(str(row[name])) for name in _TIMES if row.get(name)}
        metadata = merge_user_metadata(None, row.get("raw_user_meta_data") or {})
        about_it = merge_app_metadata(None, row.get("raw_app_meta_data") or {})
    except (KeyError, ValueError, TypeError) as error:
        raise ValidationFailed(f"This is no account: {type(error).__name__} {error}") from None
    stored = row.get("encrypted_password")
    values = {
        **times,
        "email": address,
        "encrypted_password": stored if isinstance(stored, str) and is_readable(stored) else None,
        "raw_user_meta_data": metadata,
        "raw_app_meta_data": {**EMAIL_PROVIDER, **about_it},
        "is_anonymous": False,
    }
    try:
        async with auth.transaction() as connection:
            await insert_user(connection, user_id, values)
            await put_email_identity(connection, user_id, address, verified="email_confirmed_at" in times)
            await record(connection, Action.SIGNED_UP, user_id=user_id, name=address, ip=client.ip)
    except UniqueViolation:
        raise EmailExists(f"The id or the address of {address} is taken") from None
    return user_id
