"""What a PostgreSQL server can say (protocol 3.0, section 55.7 of the PostgreSQL documentation), as values.

Made by `backend.BackendParser`, consumed by `startup` and by the connections of `postgres`. The two messages that
come by the thousand are plain named tuples because those are the cheapest to make.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple


class TransactionStatus(StrEnum):
    """What ReadyForQuery says of the transaction block."""

    IDLE = "I"
    OPEN = "T"
    FAILED = "E"


class DataRow(NamedTuple):
    """One row; None is SQL NULL."""

    values: tuple[bytes | None, ...]


class CopyData(NamedTuple):
    """One piece of a COPY stream; replication packs one message into each."""

    data: bytes


@dataclass(frozen=True, slots=True)
class AuthenticationOk:
    """The server accepts the client."""


@dataclass(frozen=True, slots=True)
class AuthenticationSasl:
    """The server offers these SASL mechanisms, its favourite first."""

    mechanisms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AuthenticationSaslContinue:
    """A SASL challenge."""

    data: bytes


@dataclass(frozen=True, slots=True)
class AuthenticationSaslFinal:
    """The SASL outcome, which proves the server's identity."""

    data: bytes


@dataclass(frozen=True, slots=True)
class AuthenticationOther:
    """A request for any other way to authenticate, by its number in the protocol."""

    method: int


@dataclass(frozen=True, slots=True)
class BackendKeyData:
    """What a cancel request must name. The secret has four bytes in protocol 3.0, more in later ones."""

    process_id: int
    secret: bytes


@dataclass(frozen=True, slots=True)
class NegotiateProtocolVersion:
    """The server speaks only an older minor version, or does not know some `_pq_.` options."""

    newest_minor: int
    unknown_options: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ParameterStatus:
    """The present value of a server parameter; comes again whenever it changes."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class ReadyForQuery:
    """The server has finished everything up to the last Sync or Query."""

    status: TransactionStatus


@dataclass(frozen=True, slots=True)
class ErrorResponse:
    """An error by its one-letter fields (section 55.8): S severity, C SQLSTATE, M message, D detail, H hint, …"""

    fields: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class NoticeResponse:
    """A warning or notice, with the fields of an error."""

    fields: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class NotificationResponse:
    """What NOTIFY sent to a channel that this connection listens to."""

    process_id: int
    channel: str
    payload: str


class FieldDescription(NamedTuple):
    """One column of a result."""

    name: str
    table_oid: int
    column_number: int
    type_oid: int
    type_size: int
    type_modifier: int
    format: int


@dataclass(frozen=True, slots=True)
class RowDescription:
    """The columns of the rows that follow."""

    fields: tuple[FieldDescription, ...]


@dataclass(frozen=True, slots=True)
class ParameterDescription:
    """The types that the server gave to a prepared statement's parameters."""

    type_oids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class CommandComplete:
    """A statement has finished; `tag` is such as `INSERT 0 1`."""

    tag: str


@dataclass(frozen=True, slots=True)
class ParseComplete:
    """The statement is prepared."""


@dataclass(frozen=True, slots=True)
class BindComplete:
    """The portal exists."""


@dataclass(frozen=True, slots=True)
class CloseComplete:
    """The prepared statement or portal is gone."""


@dataclass(frozen=True, slots=True)
class NoData:
    """The statement returns no rows."""


@dataclass(frozen=True, slots=True)
class EmptyQueryResponse:
    """The statement was empty; comes instead of CommandComplete."""


@dataclass(frozen=True, slots=True)
class PortalSuspended:
    """Execute stopped at its limit of rows."""


@dataclass(frozen=True, slots=True)
class CopyDone:
    """The end of a COPY stream."""


@dataclass(frozen=True, slots=True)
class CopyInResponse:
    """The server waits for COPY data."""


@dataclass(frozen=True, slots=True)
class CopyOutResponse:
    """The server starts to send COPY data."""


@dataclass(frozen=True, slots=True)
class CopyBothResponse:
    """Both sides may send COPY data: replication has begun."""


BackendMessage = (
    DataRow
    | CopyData
    | AuthenticationOk
    | AuthenticationSasl
    | AuthenticationSaslContinue
    | AuthenticationSaslFinal
    | AuthenticationOther
    | BackendKeyData
    | NegotiateProtocolVersion
    | ParameterStatus
    | ReadyForQuery
    | ErrorResponse
    | NoticeResponse
    | NotificationResponse
    | RowDescription
    | ParameterDescription
    | CommandComplete
    | ParseComplete
    | BindComplete
    | CloseComplete
    | NoData
    | EmptyQueryResponse
    | PortalSuspended
    | CopyDone
    | CopyInResponse
    | CopyOutResponse
    | CopyBothResponse
)
