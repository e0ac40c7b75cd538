"""What operators may see of a project, and from where."""

from __future__ import annotations

from dataclasses import dataclass

from millstream.setting import setting


@dataclass(frozen=True, slots=True)
class OperatorSettings:
    """The admin view, the metrics and the word on readiness."""

    admin: bool | None = setting(
        None,
        env="ADMIN",
        doc="Whether the admin view answers, to who has a secret key. By default it does on this machine alone.",
    )
    metrics_token: str | None = setting(
        None,
        env="METRICS_TOKEN",
        doc="Bearer token with which `/metrics` may be read, beside the secret keys.",
        secret=True,
    )
    ready_seconds_behind: float = setting(
        30.0,
        env="READY_SECONDS_BEHIND",
        doc="How long changes may have waited to be applied before `/ready` says that the server is not.",
    )
