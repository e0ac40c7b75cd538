"""How often live views run, how many at once, and how large a result may be."""

from __future__ import annotations

from dataclasses import dataclass

from millstream.setting import setting


@dataclass(frozen=True, slots=True)
class LiveViewSettings:
    """Limits of the live views of one project."""

    settle_ms: int = setting(
        150,
        env="LIVE_VIEW_SETTLE_MS",
        doc="How long changes are gathered before a live view runs again; it never runs more often than that.",
    )
    runs_at_once: int = setting(
        2, env="LIVE_VIEW_RUNS_AT_ONCE", doc="How many live views are computed at the same time."
    )
    timeout_ms: int = setting(
        5_000, env="LIVE_VIEW_TIMEOUT_MS", doc="How long the query of a live view may take before it is cancelled."
    )
    max_result_bytes: int = setting(
        262_144, env="LIVE_VIEW_MAX_RESULT_BYTES", doc="Bytes of the largest result that a live view sends, as JSON."
    )
    max_watched: int = setting(
        1_000, env="LIVE_VIEW_MAX_WATCHED", doc="How many live views may be watched at once, counted by their keys."
    )
