"""The settings of one project's data API, under names that users of PostgREST know."""

from __future__ import annotations

from dataclasses import dataclass

from millstream.setting import setting


@dataclass(frozen=True, slots=True)
class DataApiSettings:
    """What is exposed, to whom, and how much of it at once."""

    schemas: tuple[str, ...] = setting(
        ("public",), env="DB_SCHEMAS", doc="Schemas that the data API exposes; the first is the default one."
    )
    extra_search_path: tuple[str, ...] = setting(
        ("public", "extensions"),
        env="DB_EXTRA_SEARCH_PATH",
        doc="Schemas that requests find functions and types in without exposing them.",
    )
    anonymous_role: str | None = setting(
        "anon", env="DB_ANON_ROLE", doc="Role of requests without a token; empty refuses them."
    )
    max_rows: int | None = setting(
        None, env="DB_MAX_ROWS", doc="Most rows of one response, embedded ones each for themselves; empty is no limit."
    )
    max_body_bytes: int = setting(
        10 * 1024 * 1024, env="MAX_BODY_BYTES", doc="Largest request body that the data API reads."
    )
    max_query_bytes: int = setting(
        64 * 1024, env="MAX_QUERY_BYTES", doc="Longest query string that the data API reads."
    )
    requests_per_minute_per_caller: int = setting(
        60_000,
        env="REQUESTS_PER_MINUTE_PER_CALLER",
        doc="Requests that one signed-in user may make of the data API, all at once if need be; 0 is no limit.",
    )
    requests_per_minute_per_address: int = setting(
        120_000,
        env="REQUESTS_PER_MINUTE_PER_ADDRESS",
        doc="Requests of one network address to the data API (IPv6: one /64); 0 is no limit, as behind a proxy.",
    )
    cors_allowed_origins: tuple[str, ...] = setting(
        ("*",), env="SERVER_CORS_ALLOWED_ORIGINS", doc="Origins whose pages may use the data API; * is any."
    )
    aggregates_enabled: bool = setting(
        True, env="DB_AGGREGATES_ENABLED", doc="Whether select may use count, sum, avg, min and max."
    )
    plan_enabled: bool = setting(
        False, env="DB_PLAN_ENABLED", doc="Whether clients may ask for the execution plan of their request."
    )
    pre_request: str | None = setting(
        None, env="DB_PRE_REQUEST", doc="Function, schema.name, that runs before each request in its transaction."
    )
    tx_end: str = setting(
        "commit",
        env="DB_TX_END",
        doc="How transactions end: commit, rollback, or either with -allow-override so that clients may say.",
    )
    openapi_mode: str = setting(
        "follow-privileges",
        env="OPENAPI_MODE",
        doc="What the root describes: follow-privileges, ignore-privileges, or disabled.",
    )
    openapi_security_active: bool = setting(
        False, env="OPENAPI_SECURITY_ACTIVE", doc="Whether the description says that requests need a token."
    )
    server_timing: bool = setting(
        False, env="SERVER_TIMING_ENABLED", doc="Whether responses say in Server-Timing how long each step took."
    )
    trace_header: str | None = setting(
        None, env="SERVER_TRACE_HEADER", doc="Request header that responses repeat, so that both can be found in logs."
    )
    snapshot_lsn: bool = setting(
        True, env="SNAPSHOT_LSN", doc="Whether reads say in Millstream-Lsn up to where in the log they hold everything."
    )
    schema_poll_seconds: float = setting(
        10.0,
        env="SCHEMA_POLL_SECONDS",
        doc="How often to look for changes of the schema where the event triggers of the bootstrap are missing.",
    )
    plan_cache_size: int = setting(
        1000, env="PLAN_CACHE_SIZE", doc="Most request shapes whose plans are kept; the least recently used goes first."
    )
