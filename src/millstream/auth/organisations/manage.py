"""Makes organisations, shows and changes them. Whoever does not belong to one is told that there is none."""

from __future__ import annotations

import re
import secrets
import unicodedata
import zoneinfo
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson
from psycopg.errors import UniqueViolation

from millstream.auth.auth import Auth, Client
from millstream.auth.errors import ValidationFailed
from millstream.auth.organisations.errors import (
    AccountNeeded,
    OrganisationNotFound,
    OrganisationsDisabled,
    RoleTooLow,
    SlugTaken,
)
from millstream.auth.organisations.roles import MemberRole, may_manage
from millstream.auth.organisations.rows import (
    count_owned,
    find_organisation,
    insert_organisation,
    organisations_of,
    update_organisation,
)
from millstream.auth.store.audit_log import Action, record
from millstream.auth.store.users import Connection, Row, User

_SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
_CURRENCY = re.compile(r"[A-Z]{3}")
_LONGEST_NAME = 200
_SETTINGS_BYTES = 32_768


@dataclass(frozen=True, slots=True)
class OrganisationValues:
    """What is asked for of an organisation; None leaves as it is, or takes the default."""

    name: str | None = None
    slug: str | None = None
    timezone: str | None = None
    currency: str | None = None
    settings: Mapping[str, Any] | None = None


async def create_organisation(auth: Auth, user: User, wanted: OrganisationValues, client: Client) -> Row:
    """Make an organisation that the account owns; return it with the owner's role.

    Without a slug one is made from the name. Raises OrganisationsDisabled, AccountNeeded, SlugTaken, ValidationFailed.
    """
    if not auth.settings.create_organisations:
        raise OrganisationsDisabled("This project lets nobody make organisations")
    check_has_address(user)
    values = {"timezone": "UTC", "currency": "EUR", "settings": {}, **_checked(wanted)}
    if "name" not in values:
        raise ValidationFailed("An organisation needs a name")
    values.setdefault("slug", _slug_of(values["name"]))
    try:
        async with auth.transaction() as connection:
            if await count_owned(connection, user.id) >= auth.settings.organisations_per_account:
                raise OrganisationsDisabled("This account owns as many organisations as it may")
            organisation_id = await insert_organisation(connection, user.id, values)
            await _record(connection, Action.ORGANISATION_CREATED, organisation_id, user, client)
            return await load_organisation(connection, organisation_id, user)
    except UniqueViolation:
        if wanted.slug is not None:
            raise SlugTaken("Another organisation has this slug") from None
    with_slug = OrganisationValues(**{**_fields(wanted), "slug": f"{values['slug'][:50]}-{secrets.token_hex(4)}"})
    return await create_organisation(auth, user, with_slug, client)


async def list_organisations(auth: Auth, user: User) -> list[Row]:
    """Return the organisations of an account, each with its role there."""
    async with auth.reading() as connection:
        return await organisations_of(connection, user.id)


async def read_organisation(auth: Auth, organisation_id: UUID, user: User) -> Row:
    """Return an organisation with the account's role in it. Raises OrganisationNotFound."""
    async with auth.reading() as connection:
        return await load_organisation(connection, organisation_id, user)


async def change_organisation(
    auth: Auth, organisation_id: UUID, user: User, wanted: OrganisationValues, client: Client
) -> Row:
    """Change an organisation; return it. Raises OrganisationNotFound, RoleTooLow, SlugTaken or ValidationFailed."""
    values = _checked(wanted)
    try:
        async with auth.transaction() as connection:
            check_manages(await load_organisation(connection, organisation_id, user))
            await update_organisation(connection, organisation_id, values)
            await _record(connection, Action.ORGANISATION_MODIFIED, organisation_id, user, client)
            return await load_organisation(connection, organisation_id, user)
    except UniqueViolation:
        raise SlugTaken("Another organisation has this slug") from None


async def load_organisation(connection: Connection, organisation_id: UUID, user: User) -> Row:
    """Return an organisation with the account's role in it. Raises OrganisationNotFound."""
    found = await find_organisation(connection, organisation_id, user.id)
    if found is None:
        raise OrganisationNotFound("Organisation not found")
    return found


def check_manages(organisation: Row) -> None:
    """Raise RoleTooLow unless the role that an organisation was loaded with may manage it."""
    if not may_manage(MemberRole(organisation["role"])):
        raise RoleTooLow("Only owners and managers may do this")


def check_has_address(user: User) -> None:
    """Raise AccountNeeded for a guest, and for an address that nobody has confirmed."""
    if user.is_anonymous or not user.row["email"] or user.row["email_confirmed_at"] is None:
        raise AccountNeeded("This needs an account with a confirmed e-mail address")


def _fields(wanted: OrganisationValues) -> dict[str, Any]:
    return {name: getattr(wanted, name) for name in ("name", "slug", "timezone", "currency", "settings")}


def _checked(wanted: OrganisationValues) -> dict[str, Any]:
    """Return what is given, each in the form in which it is stored. Raises ValidationFailed naming the field."""
    values = {name: value for name, value in _fields(wanted).items() if value is not None}
    if "name" in values:
        values["name"] = " ".join(values["name"].split())
        _require(0 < len(values["name"]) <= _LONGEST_NAME, f"name must have 1 to {_LONGEST_NAME} characters")
    if "slug" in values:
        _require(_SLUG.fullmatch(values["slug"]) is not None, "slug must be lower-case letters, digits and hyphens")
    if "timezone" in values:
        _require(values["timezone"] in zoneinfo.available_timezones(), "timezone must be a name such as Europe/Vienna")
    if "currency" in values:
        _require(_CURRENCY.fullmatch(values["currency"]) is not None, "currency must be a code such as EUR")
    if "settings" in values:
        values["settings"] = dict(values["settings"])
        _require(len(orjson.dumps(values["settings"])) <= _SETTINGS_BYTES, "settings are too large")
    return values


def _require(condition: bool, message: str) -> None:
    if not condition:
        raise ValidationFailed(message)


def _slug_of(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name.casefold()).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:60].strip("-") or f"organisation-{secrets.token_hex(4)}"


async def _record(connection: Connection, action: Action, organisation_id: UUID, user: User, client: Client) -> None:
    traits = {"organisation_id": str(organisation_id)}
    await record(connection, action, user_id=user.id, name=user.row["email"] or "", ip=client.ip, traits=traits)
