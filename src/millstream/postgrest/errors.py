"""The errors of the PostgREST dialect: one class per PGRST code, with the texts that clients compare.

Raised by every module of this package and by `rest`; `response` renders them as `{code, message, details, hint}`.
Errors of PostgreSQL itself are not here: `database_errors` maps their SQLSTATE.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from millstream.errors import MillstreamError


class DialectError(MillstreamError):
    """An error that a client of the data API can read: its code starts with PGRST."""

    code: ClassVar[str] = "PGRSTX00"
    status: ClassVar[int] = 500

    def body(self) -> dict[str, Any]:
        """Return the four parts as clients get them; `details` may be more than text."""
        return {"code": self.code, "message": self.message, "details": self.details, "hint": self.hint}


class DatabaseUnavailable(DialectError):
    """The database cannot be reached."""

    code = "PGRST001"
    status = 503

    def __init__(self) -> None:
        super().__init__("Database client error. Retrying the connection.")


class SchemaCacheMissing(DialectError):
    """The schema cache has not been loaded yet."""

    code = "PGRST002"
    status = 503

    def __init__(self) -> None:
        super().__init__("Could not query the database for the schema cache. Retrying.")


class PoolExhausted(DialectError):
    """No connection became free within the wait that the settings allow."""

    code = "PGRST003"
    status = 504

    def __init__(self) -> None:
        super().__init__("Timed out acquiring connection from connection pool.")


class RequestRateExceeded(DialectError):
    """A caller or an address asks more often than the settings allow."""

    code = "over_request_rate_limit"
    status = 429

    def __init__(self, retry_after_seconds: int) -> None:
        super().__init__("Request rate limit reached", hint=f"Try again in {retry_after_seconds} s.")
        self.retry_after_seconds = retry_after_seconds


class QueryInvalid(DialectError):
    """The query string does not follow the grammar."""

    code = "PGRST100"
    status = 400


class MethodNotForRpc(DialectError):
    """A function is called by GET, HEAD or POST only."""

    code = "PGRST101"
    status = 405

    def __init__(self, method: str) -> None:
        super().__init__(f"Cannot use the {method} method on RPC")


class BodyInvalid(DialectError):
    """The body is not what its content type says, or its objects differ in their keys."""

    code = "PGRST102"
    status = 400


class BodyTooLarge(DialectError):
    """The body is larger than the settings allow."""

    code = "PGRST102"
    status = 413

    def __init__(self, limit: int) -> None:
        super().__init__("The request body is too large.", details=f"At most {limit} bytes are accepted.")


class RangeNotSatisfiable(DialectError):
    """The limit, offset or Range cannot be served."""

    code = "PGRST103"
    status = 416

    def __init__(self, details: str) -> None:
        super().__init__("Requested range not satisfiable", details=details)

    @classmethod
    def beyond(cls, offset: int, total: int) -> RangeNotSatisfiable:
        """Say that the offset lies past the last row."""
        return cls(f"An offset of {offset} was requested, but there are only {total} rows.")


class PutFiltersInvalid(DialectError):
    """PUT needs exactly the primary key, compared with eq."""

    code = "PGRST105"
    status = 405

    def __init__(self) -> None:
        super().__init__("Filters must include all and only primary key columns with 'eq' operators")


class SchemaNotExposed(DialectError):
    """The profile names a schema that is not exposed."""

    code = "PGRST106"
    status = 406

    def __init__(self, schema: str, exposed: Sequence[str]) -> None:
        hint = f"Only the following schemas are exposed: {', '.join(exposed)}"
        super().__init__(f"Invalid schema: {schema}", hint=hint)


class MediaTypeUnavailable(DialectError):
    """None of the accepted media types can be produced."""

    code = "PGRST107"
    status = 406

    def __init__(self, accepted: Sequence[str]) -> None:
        super().__init__(f"None of these media types are available: {', '.join(accepted)}")


class NotEmbedded(DialectError):
    """A filter or an order names a relation that the select does not embed."""

    code = "PGRST108"
    status = 400

    def __init__(self, name: str) -> None:
        hint = f"Verify that '{name}' is included in the 'select' query parameter."
        super().__init__(f"'{name}' is not an embedded resource in this request", hint=hint)


class ResponseHeadersInvalid(DialectError):
    """SQL set `response.headers` to something else than an array of one-key objects."""

    code = "PGRST111"
    status = 500

    def __init__(self) -> None:
        super().__init__(
            "response.headers guc must be a JSON array composed of objects with a single key and a string value"
        )


class ResponseStatusInvalid(DialectError):
    """SQL set `response.status` to something else than a status code."""

    code = "PGRST112"
    status = 500

    def __init__(self) -> None:
        super().__init__("response.status guc must be a valid status code")


class PutLimited(DialectError):
    """PUT takes neither limit nor offset."""

    code = "PGRST114"
    status = 400

    def __init__(self) -> None:
        super().__init__("limit/offset querystring parameters are not allowed for PUT")


class PutKeyMismatch(DialectError):
    """The row in the body of a PUT has another key than the URL."""

    code = "PGRST115"
    status = 400

    def __init__(self) -> None:
        super().__init__("Payload values do not match URL in primary key column(s)")


class NotSingular(DialectError):
    """One object was asked for and the result has none or several."""

    code = "PGRST116"
    status = 406

    def __init__(self, rows: int) -> None:
        super().__init__("Cannot coerce the result to a single JSON object", details=f"The result contains {rows} rows")


class MethodNotSupported(DialectError):
    """The HTTP method means nothing to the data API."""

    code = "PGRST117"
    status = 405

    def __init__(self, method: str) -> None:
        super().__init__(f"Unsupported HTTP method: {method}")


class RelatedOrderNotToOne(DialectError):
    """Rows can be ordered by a related row only where there is at most one."""

    code = "PGRST118"
    status = 400

    def __init__(self, origin: str, target: str) -> None:
        super().__init__(
            f"A related order on '{target}' is not possible",
            details=f"'{origin}' and '{target}' do not form a many-to-one or one-to-one relationship",
        )


class EmbedFilterInvalid(DialectError):
    """An embedded relation can only be compared with null."""

    code = "PGRST120"
    status = 400

    def __init__(self, name: str) -> None:
        super().__init__(
            f"Bad operator on the '{name}' embedded resource",
            details="Only is null or not is null filters are allowed on embedded resources",
        )


class RaiseInvalid(DialectError):
    """SQL raised SQLSTATE PGRST with a message or a detail that is not the JSON asked for."""

    code = "PGRST121"
    status = 500

    def __init__(self, details: str, hint: str) -> None:
        super().__init__("Could not parse JSON in the \"RAISE SQLSTATE 'PGRST'\" error", details=details, hint=hint)


class PreferencesInvalid(DialectError):
    """Unknown preferences under `handling=strict`."""

    code = "PGRST122"
    status = 400

    def __init__(self, unknown: Sequence[str]) -> None:
        super().__init__(
            "Invalid preferences given with handling=strict", details=f"Invalid preferences: {', '.join(unknown)}"
        )


class AggregatesDisabled(DialectError):
    """The settings do not allow aggregate functions."""

    code = "PGRST123"
    status = 400

    def __init__(self) -> None:
        super().__init__("Use of aggregate functions is not allowed")


class TooManyAffected(DialectError):
    """More rows would change than `max-affected` allows; nothing has changed."""

    code = "PGRST124"
    status = 400

    def __init__(self, rows: int) -> None:
        super().__init__(
            "Query result exceeds max-affected preference constraint", details=f"The query affects {rows} rows"
        )


class PathInvalid(DialectError):
    """The path is neither a relation nor a function."""

    code = "PGRST125"
    status = 404

    def __init__(self) -> None:
        super().__init__("Invalid path specified in request URL")


class OpenApiDisabled(DialectError):
    """The settings hide the description of the schema."""

    code = "PGRST126"
    status = 404

    def __init__(self) -> None:
        super().__init__("Root endpoint metadata is disabled")


class NotImplementedYet(DialectError):
    """The dialect knows the feature, this place does not."""

    code = "PGRST127"
    status = 400

    def __init__(self, details: str) -> None:
        super().__init__("Feature not implemented", details=details)


class MaxAffectedOnScalar(DialectError):
    """`max-affected` needs a function that returns rows."""

    code = "PGRST128"
    status = 400

    def __init__(self) -> None:
        super().__init__(
            "Function must return SETOF or TABLE when max-affected preference is used with handling=strict"
        )


class JwtInvalid(DialectError):
    """The token cannot be read or its signature does not hold."""

    code = "PGRST301"
    status = 401


class AnonymousDisabled(DialectError):
    """No token was given and the settings name no anonymous role."""

    code = "PGRST302"
    status = 401

    def __init__(self) -> None:
        super().__init__("Anonymous access is disabled")


class JwtClaimsInvalid(DialectError):
    """The token is genuine, but expired, not for us, or has a claim of the wrong type."""

    code = "PGRST303"
    status = 401
