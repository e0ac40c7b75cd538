"""Runs the inbound webhooks of a project: proves the caller, checks the body, and takes each event once.

Receives headers and raw body from `asgi.webhooks.inbound`. The id of an event is written in the transaction of its
effect: both are there or neither is, also when two copies come at once. A call runs as operations do, with their
limits, retries and refusals.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from pydantic import BaseModel, ValidationError, create_model

from millstream.app.inbound_webhook import InboundWebhook
from millstream.errors import MillstreamError
from millstream.observe import Observer, ignore
from millstream.operations import SERVICE, Caller, Context, Operation, OperationError, Operations
from millstream.operations.settings import OperationSettings
from millstream.postgres.pool import Pool
from millstream.postgres.transaction import as_caller
from millstream.webhooks.signing.receiver import Receiver
from millstream.webhooks.signing.secrets import PUBLIC_PREFIX, SHARED_PREFIX
from millstream.webhooks.signing.signatures import ID_HEADER

_LONGEST_ID = 255
_SIGNING = (SHARED_PREFIX, PUBLIC_PREFIX)


class InboundUnknown(MillstreamError):
    """Raised for a name under which the application takes no webhooks."""

    code: ClassVar[str] = "inbound_webhook_unknown"
    status: ClassVar[int] = 404


class InboundNotConfigured(MillstreamError):
    """Raised while no secret is set by which a caller could prove itself."""

    code: ClassVar[str] = "inbound_webhook_not_configured"
    status: ClassVar[int] = 503


class InboundUnauthorized(MillstreamError):
    """Raised for a request without the secret, or with another one."""

    code: ClassVar[str] = "inbound_webhook_unauthorized"
    status: ClassVar[int] = 401


class InboundInvalid(OperationError):
    """Raised for a body that is not as the webhook needs it; `facts` has each field's fault."""

    code = "inbound_webhook_invalid"
    status = 422


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of an event: taken now, or known before."""

    event_id: str
    duplicate: bool


class InboundCalls:
    """The inbound webhooks of one project. `secrets` are by name, those of "" for every webhook without its own."""

    def __init__(
        self,
        webhooks: Sequence[InboundWebhook[Any]],
        secrets: Mapping[str, Sequence[str]],
        *,
        pool: Pool,
        clock: Callable[[], float],
        errors: Mapping[str, type[OperationError]] | None = None,
        settings: OperationSettings | None = None,
        observe: Observer = ignore,
    ) -> None:
        self._webhooks = {one.name: one for one in webhooks}
        self._secrets = secrets
        self._pool = pool
        self._clock = clock
        operations = [_operation(one) for one in webhooks]
        self._operations = Operations(operations, pool=pool, errors=errors, settings=settings, observe=observe)

    @property
    def body_limit_bytes(self) -> int:
        """Return the longest body that is read."""
        return self._operations.settings.body_limit_bytes

    def find(self, name: str) -> InboundWebhook[Any]:
        """Return the webhook of a name; raises InboundUnknown."""
        if name not in self._webhooks:
            raise InboundUnknown(f"There is no inbound webhook {name!r}.")
        return self._webhooks[name]

    def secrets_of(self, name: str) -> Sequence[str]:
        """Return the secrets that count for a webhook."""
        return self._secrets.get(name) or self._secrets.get("", ())

    def is_bearer(self, name: str, headers: Mapping[str, str]) -> bool:
        """Tell whether the request has one of the webhook's secrets as its bearer token."""
        scheme, _, given = headers.get("authorization", "").partition(" ")
        expected = [one for one in self.secrets_of(name) if not one.startswith(_SIGNING)]
        # Every secret is compared, and as bytes, so that neither time nor a strange letter tells anything.
        found = [hmac.compare_digest(given.strip().encode(), secret.encode()) for secret in expected]
        return scheme.lower() == "bearer" and any(found)

    def prove(self, name: str, headers: Mapping[str, str], body: bytes) -> None:
        """Raise unless a secret of the webhook was sent as a bearer token, or has signed the request.

        A secret that signs (`whsec_`, `whpk_`) is never taken as a token; header names are in lower case.
        """
        secrets = self.secrets_of(name)
        if not secrets:
            raise InboundNotConfigured(
                f"No secret is set for the webhook {name}.",
                hint="Set SUPABASE_WEBHOOK_SECRET or MILLSTREAM_WEBHOOK_INBOUND_SECRETS.",
            )
        if self.is_bearer(name, headers):
            return
        keys = [one for one in secrets if one.startswith(_SIGNING)]
        if not keys or "webhook-signature" not in headers:
            raise InboundUnauthorized("The request does not carry the webhook's secret.")
        Receiver(keys, self._clock).open(headers, body)

    async def call(self, name: str, headers: Mapping[str, str], body: bytes, request_id: str) -> Taken:
        """Take one event; raises what the caller gets to know."""
        webhook = self.find(name)
        self.prove(name, headers, body)
        event = _parse(webhook, body)
        event_id = _event_id(webhook, event, headers)
        caller = Caller(SERVICE, request_id, event_id)
        taken: bool = await self._operations.run(f"webhook {name}", {"event": event}, caller)
        return Taken(event_id, duplicate=not taken)

    async def recent(self, name: str) -> Mapping[str, Any]:
        """Return how many events came in the last day, and when the last one did."""
        async with as_caller(self._pool, SERVICE) as sql:
            cursor = await sql.execute(
                "select count(*) filter (where received_at > now() - interval '1 day') as last_day,"
                " max(received_at) as last_at from webhooks.received_events where webhook = %s",
                (name,),
            )
            return dict(await cursor.fetchone() or {})


def _operation(webhook: InboundWebhook[Any]) -> Operation[..., Any]:
    async def take(context: Context, event: BaseModel) -> bool:
        cursor = await context.sql.execute(
            "insert into webhooks.received_events (webhook, event_id) values (%s, %s) on conflict do nothing",
            (webhook.name, context.idempotency_key),
        )
        if cursor.rowcount == 0:
            return False
        await webhook.receive(context, event)
        return True

    arguments = create_model(f"{webhook.name} event", event=(webhook.model, ...))
    return Operation(f"webhook {webhook.name}", take, arguments, guests=False)


def _parse(webhook: InboundWebhook[Any], body: bytes) -> BaseModel:
    try:
        event: BaseModel = webhook.model.model_validate_json(body)
    except ValidationError as error:
        faults = error.errors(include_url=False, include_context=False, include_input=False)
        fields = {".".join(str(part) for part in fault["loc"]): fault["msg"] for fault in faults}
        raise InboundInvalid("The body is not as it should be.", facts={"fields": fields}) from None
    return event


def _event_id(webhook: InboundWebhook[Any], event: BaseModel, headers: Mapping[str, str]) -> str:
    event_id = webhook.event_id(event) if webhook.event_id else headers.get(ID_HEADER, "")
    if not 0 < len(event_id) <= _LONGEST_ID or "\0" in event_id:
        raise InboundInvalid(f"The event needs an id of at most {_LONGEST_ID} characters.")
    return event_id
