"""Endpoints: made, changed, paused, looked at, given new secrets, removed."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid4

import orjson
from psycopg import sql

from millstream.identity import Claims
from millstream.postgres.pool import SqlConnection
from millstream.webhooks.administration.access import Administration, as_service, require_endpoint
from millstream.webhooks.administration.errors import TooManyEndpoints, TooManySecrets
from millstream.webhooks.administration.header_rules import check_headers
from millstream.webhooks.administration.models import (
    CreatedEndpoint,
    EndpointChange,
    EndpointView,
    NewEndpoint,
    Rotation,
    SecretView,
)
from millstream.webhooks.administration.stored_json import LARGEST_FILTER, written
from millstream.webhooks.administration.transport_models import TransportGiven
from millstream.webhooks.delivery.presets import PRESETS
from millstream.webhooks.delivery.retry_schedule import parse_schedule
from millstream.webhooks.endpoints.endpoint import EndpointState
from millstream.webhooks.signing.secrets import SHARED_BYTES, Secret, SignatureKind, make_secret, parse_secret

_VIEW = """
select e.*,
  (select count(*) from webhooks.deliveries d where d.endpoint_id = e.id) as due,
  (select count(*) from webhooks.dead_letters d where d.endpoint_id = e.id) as dead
from webhooks.endpoints e where e.id = coalesce(%s, e.id) order by e.created_at, e.id
"""
_MOST_SECRETS = 5
_SETTINGS_OF_PRESET = ("retry", "timeout_ms", "max_in_flight", "rate_per_second")


async def list_endpoints(admin: Administration, claims: Claims) -> list[EndpointView]:
    """Return the endpoints that the caller manages, the oldest first."""
    async with admin.callers(claims) as connection:
        return await _views(connection, None)


async def get_endpoint(admin: Administration, claims: Claims, endpoint_id: UUID) -> EndpointView:
    """Return one of them; raises EndpointUnknown."""
    async with admin.callers(claims) as connection:
        await require_endpoint(connection, endpoint_id)
        return (await _views(connection, endpoint_id))[0]


async def create_endpoint(
    admin: Administration,
    claims: Claims,
    wanted: NewEndpoint,
    *,
    state: EndpointState = EndpointState.ENABLED,
    endpoint_id: UUID | None = None,
) -> CreatedEndpoint:
    """Make an endpoint with its secrets: a shared one and a pair, so that both kinds of signatures are sent."""
    preset = PRESETS[wanted.preset]
    defaults = {name: getattr(preset, name) for name in _SETTINGS_OF_PRESET if name not in wanted.model_fields_set}
    endpoint_id = endpoint_id or uuid4()
    columns = _columns(
        admin,
        endpoint_id,
        {
            **wanted.model_dump(exclude={"secret", "transport"}),
            **defaults,
            "transport": wanted.transport,
            "state": state,
            "id": endpoint_id,
        },
    )
    given = parse_secret(wanted.secret) if wanted.secret else None
    secrets = [given] if given else [_random_secret(SignatureKind.V1), _random_secret(SignatureKind.V1A)]
    async with admin.callers(claims) as connection:
        statement = sql.SQL("insert into webhooks.endpoints ({}) values ({})").format(
            sql.SQL(", ").join(map(sql.Identifier, columns)), sql.SQL(", ").join([sql.Placeholder()] * len(columns))
        )
        await connection.execute(statement, list(columns.values()))
        [view] = await _views(connection, endpoint_id)
        await as_service(connection)
        await _refuse_too_many(connection, admin, wanted.organisation_id)
        for secret in secrets:
            await _add_secret(connection, admin, view.id, secret)
    return CreatedEndpoint(endpoint=view, secrets=[_secret_view(secret) for secret in secrets])


async def update_endpoint(
    admin: Administration, claims: Claims, endpoint_id: UUID, change: EndpointChange
) -> EndpointView:
    """Change what was given; raises EndpointUnknown."""
    values = change.model_dump(include=change.model_fields_set - {"transport"})
    if "transport" in change.model_fields_set:
        values["transport"] = change.transport
    columns = _columns(admin, endpoint_id, values)
    async with admin.callers(claims) as connection:
        await require_endpoint(connection, endpoint_id)
        if columns:
            changes = sql.SQL(", ").join(sql.SQL("{} = %s").format(sql.Identifier(name)) for name in columns)
            statement = sql.SQL("update webhooks.endpoints set {}, updated_at = now() where id = %s").format(changes)
            await connection.execute(statement, [*columns.values(), endpoint_id])
        return (await _views(connection, endpoint_id))[0]


async def set_state(
    admin: Administration, claims: Claims, endpoint_id: UUID, state: EndpointState, reason: str | None = None
) -> EndpointView:
    """Enable, pause or disable; enabling forgets the failures, and what was kept meanwhile is sent."""
    async with admin.callers(claims) as connection:
        await require_endpoint(connection, endpoint_id)
        await connection.execute(
            """
            update webhooks.endpoints set state = %s, state_reason = %s, state_since = now(), updated_at = now(),
              failures = 0, failing_since = null, open_until = null
            where id = %s
            """,
            (state.value, reason, endpoint_id),
        )
        return (await _views(connection, endpoint_id))[0]


async def delete_endpoint(admin: Administration, claims: Claims, endpoint_id: UUID) -> None:
    """Remove it with its secrets and what was still due; its attempts stay in the log."""
    async with admin.callers(claims) as connection:
        await require_endpoint(connection, endpoint_id)
        await connection.execute("delete from webhooks.endpoints where id = %s", (endpoint_id,))


async def get_secrets(admin: Administration, claims: Claims, endpoint_id: UUID) -> list[SecretView]:
    """Return the secrets that are valid, the newest first."""
    async with admin.callers(claims) as connection:
        await require_endpoint(connection, endpoint_id)
        await as_service(connection)
        cursor = await connection.execute(
            """
            select sealed, expires_at from webhooks.secrets
            where endpoint_id = %s and (expires_at is null or expires_at > now()) order by created_at desc
            """,
            (endpoint_id,),
        )
        rows = await cursor.fetchall()
    return [
        _secret_view(parse_secret(admin.sealer.open(row["sealed"], place=str(endpoint_id))), row["expires_at"])
        for row in rows
    ]


async def rotate_secret(admin: Administration, claims: Claims, endpoint_id: UUID, wanted: Rotation) -> SecretView:
    """Make a new secret of a kind; those of the kind that were valid expire after the overlap."""
    secret = parse_secret(wanted.secret) if wanted.secret else _random_secret(SignatureKind(wanted.kind))
    async with admin.callers(claims) as connection:
        await require_endpoint(connection, endpoint_id)
        await as_service(connection)
        await connection.execute(
            """
            update webhooks.secrets set expires_at = least(expires_at, now() + make_interval(secs => %s))
            where endpoint_id = %s and kind = %s and (expires_at is null or expires_at > now())
            """,
            (wanted.overlap_hours * 3600, endpoint_id, secret.kind.value),
        )
        await _refuse_too_many_secrets(connection, endpoint_id, secret.kind)
        await _add_secret(connection, admin, endpoint_id, secret)
    return _secret_view(secret)


async def _views(connection: SqlConnection, endpoint_id: UUID | None) -> list[EndpointView]:
    cursor = await connection.execute(_VIEW, (endpoint_id,))
    return [EndpointView.of(row) for row in await cursor.fetchall()]


def _columns(admin: Administration, endpoint_id: UUID, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the columns for checked values; raises for what cannot be sent to."""
    columns = {name: getattr(value, "value", value) for name, value in values.items()}
    if "url" in columns:
        columns["url"] = str(admin.guard.check_url(columns["url"]))
    if "retry" in columns:
        parse_schedule(columns["retry"])
        columns["retry"] = orjson.dumps(columns["retry"]).decode()
    if "filter" in columns:
        columns["filter"] = written(columns["filter"], most=LARGEST_FILTER)
    if "signatures" in columns:
        columns["signatures"] = [str(style) for style in columns["signatures"]]
    if "headers" in columns:
        headers = columns.pop("headers")
        check_headers(headers)
        columns["sealed_headers"] = (
            admin.sealer.seal(orjson.dumps(headers).decode(), place=str(endpoint_id)) if headers else None
        )
    if "transport" in columns:
        columns |= _transport_columns(admin, endpoint_id, columns["transport"])
    return columns


def _transport_columns(admin: Administration, endpoint_id: UUID, given: TransportGiven | None) -> dict[str, Any]:
    """Return what is kept of a transport: sealed as a whole, and open what everybody who manages it may read."""
    if given is None:
        return {"transport": "{}", "sealed_transport": None}
    transport = given.checked(admin.guard)
    sealed = admin.sealer.seal(given.model_dump_json(), place=str(endpoint_id))
    return {"transport": orjson.dumps(transport.shown()).decode(), "sealed_transport": sealed}


async def _refuse_too_many(connection: SqlConnection, admin: Administration, organisation_id: UUID | None) -> None:
    # Whoever is making one at the same time waits here, and then counts this one too.
    await connection.execute(
        "select pg_advisory_xact_lock(hashtextextended('millstream.webhooks.endpoints ' || %s, 0))",
        (str(organisation_id),),
    )
    cursor = await connection.execute(
        "select count(*) as number from webhooks.endpoints where organisation_id is not distinct from %s",
        (organisation_id,),
    )
    row = await cursor.fetchone()
    if row and row["number"] > admin.settings.endpoints_per_organisation:
        raise TooManyEndpoints(f"There may be {admin.settings.endpoints_per_organisation} endpoints.")


async def _refuse_too_many_secrets(connection: SqlConnection, endpoint_id: UUID, kind: SignatureKind) -> None:
    cursor = await connection.execute(
        "select count(*) as number from webhooks.secrets"
        " where endpoint_id = %s and kind = %s and (expires_at is null or expires_at > now())",
        (endpoint_id, kind.value),
    )
    row = await cursor.fetchone()
    if row and row["number"] >= _MOST_SECRETS:
        raise TooManySecrets(
            f"{_MOST_SECRETS} secrets of the endpoint are valid.", hint="Rotate with overlap_hours 0 to revoke them."
        )


async def _add_secret(connection: SqlConnection, admin: Administration, endpoint_id: UUID, secret: Secret) -> None:
    await connection.execute(
        "insert into webhooks.secrets (endpoint_id, kind, sealed, created_at) values (%s, %s, %s, clock_timestamp())",
        (endpoint_id, secret.kind.value, admin.sealer.seal(secret.text, place=str(endpoint_id))),
    )


def _random_secret(kind: SignatureKind) -> Secret:
    return make_secret(kind, os.urandom(SHARED_BYTES))


def _secret_view(secret: Secret, expires_at: Any = None) -> SecretView:
    public = secret.public_text if secret.kind is SignatureKind.V1A else None
    return SecretView(kind=secret.kind.value, secret=secret.text, public=public, expires_at=expires_at)
