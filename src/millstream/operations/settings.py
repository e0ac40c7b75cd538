"""How much a call of an operation may send and how long it may take."""

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
