"""What booking-like applications share: the kit that applications import beside the facade `millstream.app`.

The rules are in PostgreSQL (`sql/`, schema `kit`), as macros that an application's SQL calls; docs/reference/kit.md
says how. Here is what operations, routes and background tasks need of them.
"""

from millstream.kit.errors import (
    KIT_ERRORS,
    EditConflict,
    IdempotencyKeyReused,
    IdempotencyKeyTooShort,
    ResourceTaken,
    RowUnknown,
    TransitionNotAllowed,
    TransitionRefused,
)
from millstream.kit.holds import expire_holds
from millstream.kit.housekeeping import housekeeping
from millstream.kit.idempotency import forget_idempotency_keys, idempotent, once
from millstream.kit.sql_operations import Row, call_function, sql_operation
from millstream.kit.upkeep import call_every
from millstream.kit.versions import edit, etag, parse_if_match

__all__ = [
    "KIT_ERRORS",
    "EditConflict",
    "IdempotencyKeyReused",
    "IdempotencyKeyTooShort",
    "ResourceTaken",
    "Row",
    "RowUnknown",
    "TransitionNotAllowed",
    "TransitionRefused",
    "call_every",
    "call_function",
    "edit",
    "etag",
    "expire_holds",
    "forget_idempotency_keys",
    "housekeeping",
    "idempotent",
    "once",
    "parse_if_match",
    "sql_operation",
]
