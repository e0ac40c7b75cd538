"""What can go wrong in an operation: refusals that applications define, and the ones that every operation shares.

Applications subclass `OperationError`, give each rule its class, and map the names of their constraints to them; the
edge (`asgi.operations`) renders code, message, details and hint.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from millstream.errors import MillstreamError


class OperationError(MillstreamError):
    """A refusal that the caller can understand and act on.

    `text` is the message where none is given, as for a constraint whose own message is not for people. `facts` are the
    details in a form for programs, such as how many tickets are left; they are JSON and go out as an object.
    """

    code: ClassVar[str] = "refused"
    status: ClassVar[int] = 409
    text: ClassVar[str] = "This cannot be done now."

    def __init__(
        self,
        message: str | None = None,
        *,
        facts: Mapping[str, Any] | None = None,
        details: str | None = None,
        hint: str | None = None,
    ) -> None:
        super().__init__(message or self.text, details=details, hint=hint)
        self.facts = facts


def refusal(code: str, text: str, *, status: int = 409) -> type[OperationError]:
    """Return a kind of refusal of an application that needs no more than its code and its text.

    Its class has the name that the code makes: `seat_taken` is SeatTaken.
    """
    name = "".join(word.capitalize() for word in code.split("_"))
    return type(name, (OperationError,), {"__doc__": text, "code": code, "status": status, "text": text})


class OperationUnknown(OperationError):
    """The project has no operation of this name."""

    code = "operation_unknown"
    status = 404


class BodyNotJson(OperationError):
    """The body is not a JSON object."""

    code = "body_not_json"
    status = 400
    text = "The body must be a JSON object."


class BodyTooLarge(OperationError):
    """The body is longer than MILLSTREAM_OPERATION_BODY_LIMIT_BYTES."""

    code = "body_too_large"
    status = 413


class TooManyCalls(OperationError):
    """The caller, or their network address, called too often: MILLSTREAM_OPERATION_CALLS_PER_MINUTE_PER_…"""

    code = "too_many_calls"
    status = 429
    text = "You are calling too often."

    def __init__(self, retry_after_seconds: int) -> None:
        super().__init__(f"You are calling too often; try again in {retry_after_seconds} s.")
        self.retry_after_seconds = retry_after_seconds


class ArgumentsInvalid(OperationError):
    """An argument is missing, unknown or of the wrong type; `facts` has each field's fault."""

    code = "arguments_invalid"
    status = 400


class SignInRequired(OperationError):
    """The operation is for people with an account; an anonymous sign-in counts."""

    code = "sign_in_required"
    status = 401
    text = "Sign in first."


class NotAllowed(OperationError):
    """The database does not let the caller's role do this."""

    code = "not_allowed"
    status = 403
    text = "You are not allowed to do this."


class RuleViolated(OperationError):
    """A constraint of the database refused, and the application has no error of its own for it."""

    code = "rule_violated"
    text = "A rule of the database does not allow this."


class TransactionConflict(OperationError):
    """Others changed the same rows again and again; the call was tried several times and may be repeated."""

    code = "transaction_conflict"
    text = "Others were changing the same rows; try again."


class OperationTimedOut(OperationError):
    """The operation took longer than MILLSTREAM_OPERATION_TIMEOUT_SECONDS and was rolled back."""

    code = "operation_timed_out"
    status = 504
    text = "This took too long and was not done."


class DatabaseOutOfReach(OperationError):
    """The connection to the database broke. Only a repeated call with its Idempotency-Key tells whether it was done."""

    code = "database_out_of_reach"
    status = 503
    text = "The database does not answer."


class OperationFailed(OperationError):
    """A fault in the operation itself: nothing was done, and the cause went to the observers."""

    code = "operation_failed"
    status = 500
    text = "Something went wrong here; nothing was done."
