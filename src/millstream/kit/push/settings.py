"""How web push leaves: who sends, how much at once, and for how long it is tried."""

from __future__ import annotations

from dataclasses import dataclass

from millstream.setting import setting


@dataclass(frozen=True, slots=True)
class PushSettings:
    """Notifications on people's devices while no page is open (web push)."""

    contact: str | None = setting(
        None,
        env="PUSH_CONTACT",
        doc="Where a push service finds who sends, as `mailto:` or `https://`; by default the site's URL where that is "
        "https. Some services refuse messages without one.",
    )
    ttl_seconds: int = setting(
        86400,
        env="PUSH_TTL_SECONDS",
        doc="How long a message is worth to be shown: so long it is tried, and kept by a push service for a device "
        "that is off.",
    )
    connections: int = setting(20, env="PUSH_CONNECTIONS", doc="Messages sent to push services at the same time.")
    timeout_seconds: float = setting(
        10.0, env="PUSH_TIMEOUT_SECONDS", doc="How long a push service may take for a message."
    )
    poll_seconds: float = setting(
        5.0, env="PUSH_POLL_SECONDS", doc="How often the outbox is looked through for retries; new ones do not wait."
    )
