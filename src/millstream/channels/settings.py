"""The limits of a project's sockets and channels."""

from __future__ import annotations

from dataclasses import dataclass

from millstream.setting import setting


@dataclass(frozen=True, slots=True)
class ChannelSettings:
    """How many, how large, how often, how long."""

    max_sockets: int = setting(10_000, env="MAX_SOCKETS", doc="Sockets of /realtime/v1 that may be open at once.")
    max_sockets_per_address: int = setting(
        1_000,
        env="MAX_SOCKETS_PER_ADDRESS",
        doc="How many of them may be of one network address (of an IPv6 network of 64 bits); this machine is not "
        "counted. Behind a proxy, name it in MILLSTREAM_TRUSTED_PROXIES first.",
    )
    socket_origins: tuple[str, ...] = setting(
        ("*",),
        env="SOCKET_ORIGINS",
        doc="Origins whose pages may open a socket, such as https://app.example.com; `*` for any. Keys and tokens "
        "travel in the request and never in cookies, so that any is safe unless a key is secret.",
    )
    max_channels_per_socket: int = setting(
        100, env="MAX_CHANNELS_PER_SOCKET", doc="Channels that one socket may have joined at once."
    )
    private_channels_only: bool = setting(
        False, env="PRIVATE_CHANNELS_ONLY", doc="Whether joins of public channels are refused."
    )
    max_message_bytes: int = setting(
        5_000_000, env="MAX_MESSAGE_BYTES", doc="Bytes of the largest message that a socket may send."
    )
    max_broadcast_bytes: int = setting(
        3_000_500, env="MAX_BROADCAST_BYTES", doc="Bytes of the largest payload that may be broadcast."
    )
    max_presence_bytes: int = setting(
        64_000,
        env="MAX_PRESENCE_BYTES",
        doc="Bytes of the largest payload that may be tracked, its key included: each is kept while it is present.",
    )
    max_bindings_per_channel: int = setting(
        200, env="MAX_BINDINGS_PER_CHANNEL", doc="Bindings to row changes that one channel may have."
    )
    messages_kept_hours: float = setting(
        72.0, env="MESSAGES_KEPT_HOURS", doc="How long messages of private topics are kept for replay, at least."
    )
    joins_per_second: int = setting(
        1_000, env="JOINS_PER_SECOND", doc="Joins that all sockets together may make each second, on average."
    )
    joins_per_second_per_socket: int = setting(
        100, env="JOINS_PER_SECOND_PER_SOCKET", doc="Joins that one socket may make each second before it is closed."
    )
    events_per_second: int = setting(
        100_000,
        env="EVENTS_PER_SECOND",
        doc="Broadcasts sent plus broadcasts delivered in the whole project each second, as the average over a minute.",
    )
    messages_per_second_per_socket: int = setting(
        100,
        env="MESSAGES_PER_SECOND_PER_SOCKET",
        doc="Broadcasts that one socket may send each second, as the average over a minute; more close the channel.",
    )
    frames_per_second_per_socket: int = setting(
        1_000,
        env="FRAMES_PER_SECOND_PER_SOCKET",
        doc="Frames of any kind, pings and fragments included, that one socket may send each second, as the average "
        "over 10 seconds, before it is closed.",
    )
    presence_calls: int = setting(
        5, env="PRESENCE_CALLS", doc="Times that a client may track or untrack within one window before it is closed."
    )
    presence_window_seconds: float = setting(
        30.0, env="PRESENCE_WINDOW_SECONDS", doc="Length of the window in which a client's presence calls are counted."
    )
    presence_events_per_second: int = setting(
        1_000,
        env="PRESENCE_EVENTS_PER_SECOND",
        doc="Presences that may change in the whole project each second, as the average over a minute.",
    )
    max_waiting_joins: int = setting(
        5_000,
        env="MAX_WAITING_JOINS",
        doc="Joins that may wait for the database at once; clients of more are told to come back later.",
    )
    access_token_throttle_seconds: float = setting(
        1.0,
        env="ACCESS_TOKEN_THROTTLE_SECONDS",
        doc="How soon after a new token the next one of a channel is looked at; until then the newest waits.",
    )
    join_timeout_seconds: float = setting(
        8.0,
        env="JOIN_TIMEOUT_SECONDS",
        doc="How long a join may wait until its changes flow. Clients give up after 10 seconds.",
    )
    idle_timeout_seconds: float = setting(
        60.0,
        env="SOCKET_IDLE_TIMEOUT_SECONDS",
        doc="How long a socket may be silent before it is closed. After half of it the server sends a ping.",
    )
    no_channel_timeout_seconds: float = setting(
        600.0, env="SOCKET_NO_CHANNEL_TIMEOUT_SECONDS", doc="How long a socket may stay open without any channel."
    )
    close_timeout_seconds: float = setting(
        5.0, env="SOCKET_CLOSE_TIMEOUT_SECONDS", doc="How long a peer may take to answer the closing handshake."
    )
    refusals_per_minute: int = setting(
        300,
        env="REFUSALS_PER_MINUTE",
        doc="Refused handshakes and joins that one network address may cause each minute before it is turned away.",
    )
