"""What can be set of how a project follows its log. Read by `server.settings`, used by `tailer`."""

from __future__ import annotations

from dataclasses import dataclass

from millstream.setting import setting


@dataclass(frozen=True, slots=True)
class WalSettings:
    """The log of one project. Slots are a server-wide namespace: projects on one server need one each."""

    slot: str = setting(
        "millstream",
        env="SLOT",
        doc="Replication slot that remembers how far this project has read. One server process reads it; others wait.",
    )
    renew_lost_slot: bool = setting(
        False,
        env="RENEW_LOST_SLOT",
        doc="Whether to go on with a new slot when PostgreSQL has removed log that was not read yet. Otherwise changes"
        " stop until somebody runs `millstream slot drop`. Either way every client is told to load anew.",
    )
    takeover_seconds: float = setting(
        0.25, env="TAKEOVER_SECONDS", doc="How often a server that waits for the slot looks whether it is free."
    )
    slot_check_seconds: float = setting(
        10.0, env="SLOT_CHECK_SECONDS", doc="How often to look how much log the slot keeps PostgreSQL from removing."
    )
    publication: str = setting(
        "supabase_realtime", env="PUBLICATION", doc="Publication whose tables are followed; an administrator makes it."
    )
    confirm_seconds: float = setting(
        1.0,
        env="CONFIRM_SECONDS",
        doc="How often PostgreSQL is told what it may forget. After a crash at most so much is read again.",
    )
    silence_seconds: float = setting(
        60.0, env="LOG_SILENCE_SECONDS", doc="How long the log may be silent before its connection is made anew."
    )
    reconnect_seconds: float = setting(
        5.0, env="LOG_RECONNECT_SECONDS", doc="The longest pause between two attempts to connect to the log."
    )
    slice_changes: int = setting(
        1000, env="SLICE_CHANGES", doc="Changes after which a large transaction is handed on in slices."
    )
    slice_bytes: int = setting(
        1 << 20, env="SLICE_BYTES", doc="Bytes after which a large transaction is handed on in slices."
    )
    history_seconds: float = setting(
        120.0,
        env="HISTORY_SECONDS",
        doc="For how long after a disconnect a client can resume, even when the server crashed meanwhile: PostgreSQL"
        " keeps the log of that time. 0 keeps no history.",
    )
    history_bytes: int = setting(
        64 << 20, env="HISTORY_BYTES", doc="Memory for the changes that clients can resume over; the oldest go first."
    )
    history_log_bytes: int = setting(
        256 << 20,
        env="HISTORY_LOG_BYTES",
        doc="Log that PostgreSQL keeps at most for the history; what is further back does not survive a crash.",
    )
