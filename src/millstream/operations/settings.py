"""How much a call of an operation may send, how long it may take, and how often one may call."""

from __future__ import annotations

from dataclasses import dataclass

from millstream.setting import setting


@dataclass(frozen=True, slots=True)
class OperationSettings:
    """Limits of `/functions/v1` in one project."""

    body_limit_bytes: int = setting(
        1_048_576, env="OPERATION_BODY_LIMIT_BYTES", doc="Longest JSON body in bytes that an operation takes."
    )
    timeout_seconds: float = setting(
        15.0,
        env="OPERATION_TIMEOUT_SECONDS",
        doc="How long an operation may take, waits and retries included, before it is cancelled and rolled back.",
    )
    calls_per_minute_per_caller: int = setting(
        6_000,
        env="OPERATION_CALLS_PER_MINUTE_PER_CALLER",
        doc="Operations that one signed-in user may call, over HTTP and rooms, all at once if need be; 0 is no limit.",
    )
    calls_per_minute_per_address: int = setting(
        60_000,
        env="OPERATION_CALLS_PER_MINUTE_PER_ADDRESS",
        doc="Operations called from one network address over HTTP (IPv6: one /64); 0 is no limit, as behind a proxy.",
    )
