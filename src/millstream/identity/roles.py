"""The database roles that callers take, by the names that existing schemas use in their policies."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """Roles made by the bootstrap. A token may name another role that the server was granted."""

    ANON = "anon"
    AUTHENTICATED = "authenticated"
    SERVICE = "service_role"
