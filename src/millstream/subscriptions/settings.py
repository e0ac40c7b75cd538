"""Settings of subscriptions, of one project."""

from __future__ import annotations

from dataclasses import dataclass

from millstream.setting import setting


@dataclass(frozen=True, slots=True)
class SubscriptionSettings:
    """Limits of what is told of one change."""

    replays_at_once: int = setting(
        8, env="REPLAYS_AT_ONCE", doc="Channels that are sent what they missed at the same time; others wait."
    )
    max_record_bytes: int = setting(
        1 << 20,
        env="MAX_RECORD_BYTES",
        doc="Bytes of a change's values above which only values of at most 64 bytes are told, with error 413.",
    )
