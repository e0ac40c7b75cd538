"""Settings of visibility, of one project."""

from __future__ import annotations

from dataclasses import dataclass

from millstream.setting import setting


@dataclass(frozen=True, slots=True)
class PolicySettings:
    """How policies are evaluated and how the catalog is kept current."""

    check_timeout_ms: int = setting(
        2000,
        env="POLICY_CHECK_TIMEOUT_MS",
        doc="Milliseconds that PostgreSQL may take to decide on one table's rows for one audience; then it is no.",
    )
    checks_per_trip: int = setting(
        64,
        env="POLICY_CHECKS_PER_TRIP",
        doc="Checks sent to PostgreSQL in one round trip on one connection; more are spread over connections.",
    )
    catalog_poll_seconds: float = setting(
        60.0,
        env="CATALOG_POLL_SECONDS",
        doc="Seconds between looks at the whole catalog, for changes that nothing announces.",
    )
    roles_poll_seconds: float = setting(
        0.5,
        env="ROLES_POLL_SECONDS",
        doc="Seconds between looks at what the callers' roles are and inherit, for ALTER ROLE and for grants of roles,"
        " which no event trigger announces.",
    )
    unannounced_poll_seconds: float = setting(
        2.0,
        env="CATALOG_POLL_SECONDS_WITHOUT_TRIGGER",
        doc="The same where the database has no event trigger to announce changed tables and policies in the log.",
    )
    related_rows: int = setting(
        250_000,
        env="POLICY_RELATED_ROWS",
        doc="Rows of one table, such as memberships, that may be known in process to decide policies that look into it;"
        " of a larger one PostgreSQL is asked.",
    )
