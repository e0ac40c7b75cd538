"""What can be set of a project's rooms. Read by `server.settings`; limits are those of one project."""

from __future__ import annotations

from dataclasses import dataclass

from millstream.setting import setting


@dataclass(frozen=True, slots=True)
class RoomSettings:
    """Connections by Socket.IO, and what each may do."""

    max_connections: int = setting(
        20_000, env="ROOMS_MAX_CONNECTIONS", doc="Socket.IO connections that the project may have at once."
    )
    max_connections_per_address: int = setting(
        1_000,
        env="ROOMS_MAX_CONNECTIONS_PER_ADDRESS",
        doc="Socket.IO connections that one network address may have at once; this machine may have any number.",
    )
    origins: tuple[str, ...] = setting(
        ("*",), env="ROOMS_ORIGINS", doc="Origins whose pages may connect by Socket.IO, separated by commas; * is any."
    )
    max_message_bytes: int = setting(
        1_000_000, env="ROOMS_MAX_MESSAGE_BYTES", doc="Bytes of the largest message, or body of a poll, of a client."
    )
    max_namespaces: int = setting(10, env="ROOMS_MAX_NAMESPACES", doc="Namespaces that one connection may be in.")
    max_attachments: int = setting(
        10, env="ROOMS_MAX_ATTACHMENTS", doc="Binary attachments that one packet of a client may have."
    )
    max_rooms: int = setting(
        100, env="ROOMS_MAX_ROOMS", doc="Rooms that one connection may be in, in each namespace, beside its own."
    )
    packets_per_second: int = setting(
        100,
        env="ROOMS_PACKETS_PER_SECOND",
        doc="Packets that one connection may send each second, as the average over 10 seconds, before it is ended.",
    )
    ping_interval_seconds: float = setting(
        25.0, env="ROOMS_PING_INTERVAL_SECONDS", doc="How long after a client was last heard it is pinged."
    )
    ping_timeout_seconds: float = setting(
        20.0,
        env="ROOMS_PING_TIMEOUT_SECONDS",
        doc="How long a client may take to answer a ping before it counts as gone.",
    )
    upgrade_timeout_seconds: float = setting(
        10.0, env="ROOMS_UPGRADE_TIMEOUT_SECONDS", doc="How long a client may take to move from polling to a WebSocket."
    )
    connect_timeout_seconds: float = setting(
        15.0, env="ROOMS_CONNECT_TIMEOUT_SECONDS", doc="How long a connection may stay in no namespace."
    )
    recovery_seconds: float = setting(
        120.0,
        env="ROOMS_RECOVERY_SECONDS",
        doc="For how long after it was lost a connection can be recovered, with its rooms and all it missed. 0: never.",
    )
    recovery_bytes: int = setting(
        32 << 20, env="ROOMS_RECOVERY_BYTES", doc="Memory for events that connections can recover; the oldest go first."
    )
    messages_kept_hours: float = setting(
        72.0, env="ROOMS_MESSAGES_KEPT_HOURS", doc="How long rows of rooms.messages are kept after they were emitted."
    )
    refusals_per_minute: int = setting(
        300,
        env="ROOMS_REFUSALS_PER_MINUTE",
        doc="Refused handshakes, connects and joins of one network address each minute before it is turned away.",
    )
