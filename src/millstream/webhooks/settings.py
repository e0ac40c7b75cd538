"""How webhooks are sent and how long their traces are kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from millstream.errors import MillstreamError
from millstream.setting import setting


@dataclass(frozen=True, slots=True)
class WebhookSettings:
    """Outgoing webhooks of a project."""

    workers_max_in_flight: int = setting(
        500, env="WEBHOOK_MAX_IN_FLIGHT", doc="Webhook requests under way at the same time, of all endpoints together."
    )
    claim_batch: int = setting(200, env="WEBHOOK_CLAIM_BATCH", doc="Deliveries taken from the queue at once.")
    poll_seconds: float = setting(
        0.5,
        env="WEBHOOK_POLL_SECONDS",
        doc="How often the queue is looked through for retries; new events do not wait.",
    )
    settle_seconds: float = setting(
        0.01, env="WEBHOOK_SETTLE_SECONDS", doc="How long outcomes of webhooks are gathered before they are recorded."
    )
    lease_seconds: float = setting(
        30.0,
        env="WEBHOOK_LEASE_SECONDS",
        doc="What a webhook's claim lasts beyond its timeout; then another process may send it.",
    )
    stop_seconds: float = setting(
        10.0, env="WEBHOOK_STOP_SECONDS", doc="How long a stop waits for webhook requests under way."
    )
    response_bytes: int = setting(
        8192, env="WEBHOOK_RESPONSE_BYTES", doc="How much of a receiver's answer is kept in the log of attempts."
    )
    keep_events_days: int = setting(
        30, env="WEBHOOK_KEEP_EVENTS_DAYS", doc="How long events can be replayed; a day goes as a whole."
    )
    keep_logs_days: int = setting(
        30, env="WEBHOOK_KEEP_LOGS_DAYS", doc="How long attempts stay in webhook_logs; a day goes as a whole."
    )
    disable_after_hours: float = setting(
        120.0,
        env="WEBHOOK_DISABLE_AFTER_HOURS",
        doc="An endpoint that has failed for so long is disabled, with one alert; its events are kept.",
    )
    allow_private_addresses: bool = setting(
        False,
        env="WEBHOOK_ALLOW_PRIVATE_ADDRESSES",
        doc="Let webhooks go to private and loopback addresses and to http, in trusted networks. A project with the "
        "development keys, which never leaves loopback, always may.",
    )
    measure_minutes: int = setting(
        5,
        env="WEBHOOK_MEASURE_MINUTES",
        doc="Length of the windows in which deliveries are judged: fewer than 95 % that succeed, answers slower than "
        "2 s or first attempts later than 500 ms in the mean raise one alert a window.",
    )
    measure_attempts: int = setting(
        20,
        env="WEBHOOK_MEASURE_ATTEMPTS",
        doc="A window with fewer attempts than this raises no alert: one failure of two says little.",
    )
    make_url: str | None = setting(
        None,
        env="=MAKE_WEBHOOK_URL",
        doc="Address of a scenario of Make.com: while it is set, an endpoint goes there.",
        secret=True,
    )
    make_secret: str | None = setting(
        None,
        env="=MAKE_WEBHOOK_SECRET",
        doc="Secret with which requests to it are signed: `whsec_` and base64, or a text of 24 to 64 bytes.",
        secret=True,
    )
    inbound_secret: str | None = setting(
        None,
        env="=SUPABASE_WEBHOOK_SECRET",
        doc="Secret with which inbound webhooks are called, where they have none of their own: a bearer token, or a "
        "`whsec_` secret with which requests are signed.",
        secret=True,
    )
    inbound_secrets: tuple[str, ...] = setting(
        (),
        env="WEBHOOK_INBOUND_SECRETS",
        doc="Secrets of single inbound webhooks, as `name=secret`, with commas between; several of one name all count.",
        secret=True,
    )
    endpoints_per_organisation: int = setting(
        50, env="WEBHOOK_ENDPOINTS", doc="Endpoints of one organisation, and of the project itself."
    )
    test_calls_per_hour: int = setting(
        120, env="WEBHOOK_CALLS_PER_HOUR", doc="Test calls and replays of one person; the secret key has no limit."
    )


class InboundSecretInvalid(MillstreamError):
    """MILLSTREAM_WEBHOOK_INBOUND_SECRETS has a part that is no name with its secret."""

    code: ClassVar[str] = "inbound_secret_invalid"


def inbound_secrets(settings: WebhookSettings) -> Mapping[str, Sequence[str]]:
    """Return the secrets by the name of their inbound webhook; under "" the one of all others."""
    found: dict[str, list[str]] = {}
    for part in settings.inbound_secrets:
        name, equals, secret = part.partition("=")
        if not (name and equals and secret):
            raise InboundSecretInvalid("MILLSTREAM_WEBHOOK_INBOUND_SECRETS needs parts like name=secret.")
        found.setdefault(name, []).append(secret)
    return found | ({"": [settings.inbound_secret]} if settings.inbound_secret else {})
