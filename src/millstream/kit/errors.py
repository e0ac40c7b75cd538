"""What the kit refuses, and the names under which its SQL raises it.

An application puts `KIT_ERRORS` into its own map, and maps the constraints that the macros named after its tables to
these classes or to subclasses with texts of its own.
"""

from __future__ import annotations

from collections.abc import Mapping

from millstream.operations import OperationError
from millstream.operations.errors import NotAllowed, SignInRequired


class ResourceTaken(OperationError):
    """Somebody else has the resource at that time; `conflict` and `next_free` say when."""

    code = "resource_taken"
    text = "This time has been taken."


class TransitionRefused(OperationError):
    """The status cannot become what was asked for; `possible` says what it can become."""

    code = "transition_refused"
    text = "The status cannot change in this way."


class TransitionNotAllowed(OperationError):
    """The status could change in this way, but not by this caller."""

    code = "transition_not_allowed"
    status = 403
    text = "This is not for you to do."


class EditConflict(OperationError):
    """Somebody else changed the same fields; `fields` has their current, actual and original values."""

    code = "edit_conflict"
    text = "Somebody else has changed this meanwhile."


class NothingToChange(OperationError):
    """An edit without fields."""

    code = "nothing_to_change"
    status = 400
    text = "There is nothing to change."


class RowUnknown(OperationError):
    """There is no such row, or not for this caller."""

    code = "row_unknown"
    status = 404
    text = "There is no such row."


class IfMatchUnclear(OperationError):
    """The header If-Match is not one version in quotes."""

    code = "if_match_unclear"
    status = 400
    text = 'If-Match: give the version that was seen, as in "3".'


class IdempotencyKeyReused(OperationError):
    """The Idempotency-Key came before with other arguments."""

    code = "idempotency_key_reused"
    text = "This idempotency key belongs to another request."


class IdempotencyKeyTooShort(OperationError):
    """A caller without an account must give a key that nobody guesses."""

    code = "idempotency_key_too_short"
    status = 400
    text = "Without an account, an idempotency key has at least 20 characters."


class PaymentUnknown(OperationError):
    """There is no payment of this id."""

    code = "payment_unknown"
    status = 404
    text = "There is no such payment."


class RefundTooLarge(OperationError):
    """More would be paid back than was paid; `refundable` says what is left."""

    code = "refund_too_large"
    text = "More cannot be paid back than was paid."


class TooManyFeeds(OperationError):
    """The caller has as many calendar feeds as one may have."""

    code = "too_many_feeds"
    text = "There are too many calendar feeds: revoke one first."


KIT_ERRORS: Mapping[str, type[OperationError]] = {
    "callers_are_signed_in": SignInRequired,
    "callers_are_allowed": NotAllowed,
    "status_transitions_are_followed": TransitionRefused,
    "status_transitions_are_allowed": TransitionNotAllowed,
    "edits_change_something": NothingToChange,
    "edits_are_of_known_rows": RowUnknown,
    "edits_do_not_collide": EditConflict,
    "idempotency_keys_are_used_once": IdempotencyKeyReused,
    "idempotency_keys_of_guests_are_long": IdempotencyKeyTooShort,
    "calendar_feeds_are_few": TooManyFeeds,
    "payments_are_known": PaymentUnknown,
    "payment_notices_payment_fkey": PaymentUnknown,
    "refunds_are_of_what_was_paid": RefundTooLarge,
}
