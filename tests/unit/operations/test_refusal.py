"""A kind of refusal made of its code and its text."""

from __future__ import annotations

from millstream.operations import OperationError, refusal


def test_a_refusal_is_an_error_with_its_code_status_and_text() -> None:
    kind = refusal("seat_taken", "This seat was just taken.")
    assert (kind.__name__, kind.code, kind.status, issubclass(kind, OperationError)) == (
        "SeatTaken", "seat_taken", 409, True)  # fmt: skip
    assert kind().message == "This seat was just taken."
    assert kind("A3 was taken.").message == "A3 was taken."


def test_two_kinds_are_told_apart() -> None:
    assert refusal("seat_unknown", "No.", status=404).status == 404
    assert not issubclass(refusal("a", "x"), refusal("b", "x"))
