"""An error that a user can put right is found wherever it hides; a defect stays one."""

from __future__ import annotations

from millstream.cli.console import show_size
from millstream.cli.main import expected_error
from millstream.errors import MillstreamError


def test_an_expected_error_is_found_in_groups_of_groups() -> None:
    expected = MillstreamError("The port is in use.")
    group = BaseExceptionGroup("", [KeyError("x"), ExceptionGroup("", [ValueError("y"), expected])])
    assert expected_error(expected) is expected
    assert expected_error(group) is expected


def test_a_defect_is_not_expected() -> None:
    assert expected_error(KeyError("x")) is None
    assert expected_error(ExceptionGroup("", [ValueError("y")])) is None


def test_sizes_are_written_as_people_read_them() -> None:
    assert [show_size(size) for size in (0, 1023, 1024, 3 << 30, 5 << 40)] == [
        "0 B",
        "1023 B",
        "1.0 KiB",
        "3.0 GiB",
        "5.0 TiB",
    ]
