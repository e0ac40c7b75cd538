"""The payload of `phx_join`, read leniently: what is valid applies, what is not is named in `invalid`.

Clients send booleans as strings, null bindings, and older ones no `config` at all: the topic itself then says which
table to follow (`legacy`). Pure.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

DEFAULT_WAIT_MS = 15_000
MAX_WAIT_MS = 20_000

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class JoinConfig:
    """What a client asks for. `postgres_changes` holds the maps as sent, since the reply must echo them.

    `resume` is Millstream's own: how far the client has seen the log, an empty map when it has seen nothing.
    """

    access_token: str | None = None
    private: bool = False
    broadcast_ack: bool = False
    broadcast_self: bool = False
    replication_ready: bool = False
    replay: Json | None = None
    presence_enabled: bool = False
    presence_key: str = ""
    postgres_changes: tuple[Json, ...] = ()
    wait_ms: int | None = None
    resume: Json | None = None
    legacy: bool = False
    invalid: tuple[str, ...] = ()


def parse_join(sub_topic: str, payload: Any) -> JoinConfig:
    """Read a join's payload; anything but an object counts as an empty one."""
    reader = _Reader()
    fields = reader.mapping(payload, "payload")
    token = _token(fields.get("access_token")) or _token(fields.get("user_token"))
    config = fields.get("config")
    if config is None:
        return JoinConfig(
            access_token=token, postgres_changes=_legacy_binding(sub_topic), legacy=True, invalid=tuple(reader.invalid)
        )
    config = reader.mapping(config, "config")
    broadcast = reader.mapping(config.get("broadcast"), "config.broadcast")
    presence = reader.mapping(config.get("presence"), "config.presence")
    return JoinConfig(
        access_token=token,
        private=reader.boolean(config, "private"),
        broadcast_ack=reader.boolean(broadcast, "ack"),
        broadcast_self=reader.boolean(broadcast, "self"),
        replication_ready=reader.boolean(broadcast, "replication_ready"),
        replay=reader.mapping(broadcast["replay"], "config.broadcast.replay") if broadcast.get("replay") else None,
        presence_enabled=reader.boolean(presence, "enabled"),
        presence_key=reader.key(presence),
        postgres_changes=reader.bindings(config.get("postgres_changes")),
        wait_ms=reader.wait_ms(config.get("postgres_changes_options")),
        resume=reader.mapping(config["resume"], "config.resume") if config.get("resume") is not None else None,
        invalid=tuple(reader.invalid),
    )


class _Reader:
    """Reads values of doubtful types and remembers which were wrong."""

    __slots__ = ("invalid",)

    def __init__(self) -> None:
        self.invalid: list[str] = []

    def mapping(self, value: Any, name: str) -> Json:
        if value is None:
            return {}
        if isinstance(value, dict):
            return value
        self.invalid.append(name)
        return {}

    def boolean(self, fields: Json, name: str) -> bool:
        value = fields.get(name)
        if value is None or isinstance(value, bool):
            return bool(value)
        if isinstance(value, str) and value.lower() in ("true", "false"):
            return value.lower() == "true"
        self.invalid.append(name)
        return False

    def key(self, presence: Json) -> str:
        key = presence.get("key")
        if key is None or isinstance(key, str):
            return key or ""
        if isinstance(key, bool | int | float):
            return str(key).lower()
        self.invalid.append("config.presence.key")
        return ""

    def bindings(self, value: Any) -> tuple[Json, ...]:
        if value is None:
            return ()
        if not isinstance(value, list):
            self.invalid.append("config.postgres_changes")
            return ()
        bindings = tuple(each for each in value if isinstance(each, dict))
        if len(bindings) < sum(each is not None for each in value):
            self.invalid.append("config.postgres_changes")
        return bindings

    def wait_ms(self, value: Any) -> int | None:
        options = self.mapping(value, "config.postgres_changes_options")
        if not self.boolean(options, "wait"):
            return None
        timeout = options.get("timeout", DEFAULT_WAIT_MS)
        if type(timeout) is not int or timeout <= 0:
            self.invalid.append("config.postgres_changes_options.timeout")
            return DEFAULT_WAIT_MS
        return min(timeout, MAX_WAIT_MS)


def _token(value: Any) -> str | None:
    """Return a token worth verifying: opaque keys are no JWTs and stand for the connection's own rights."""
    return value if isinstance(value, str) and value and not value.startswith("sb_") else None


def _legacy_binding(sub_topic: str) -> tuple[Json, ...]:
    schema, _, rest = sub_topic.partition(":")
    table, _, row_filter = rest.partition(":")
    binding = {"event": "*", "schema": schema, "table": table, "filter": row_filter}
    return ({name: value for name, value in binding.items() if value},)
