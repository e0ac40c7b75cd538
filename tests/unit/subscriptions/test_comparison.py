"""Keys compare as PostgreSQL compares the values."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from millstream.subscriptions.bindings.comparison import LikePattern, comparison_of, moment

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
NUMERIC, FLOAT8, BYTEA, BPCHAR, BOOL = 1700, 701, 17, 1042, 16


@given(st.datetimes(datetime(2, 1, 1), datetime(9998, 1, 1)), st.integers(-15 * 60, 15 * 60))  # noqa: DTZ001
def test_a_moment_is_microseconds_since_1970_whatever_the_zone(local, minutes):
    zone = f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"
    since = local.replace(tzinfo=UTC) - timedelta(minutes=minutes) - EPOCH
    assert moment(f"{local.isoformat(sep=' ')}{zone}") == since // timedelta(microseconds=1)


@pytest.mark.parametrize(
    "ascending",
    [
        [
            "-infinity",
            "4713-01-01 BC",
            "0044-03-15 BC",
            "0001-12-31 BC",
            "0001-01-01",
            "9999-12-31",
            "10000-01-01",
            "infinity",
        ],
        ["2024-05-06 07:08:09", "2024-05-06 07:08:09.000001", "2024-05-06 07:08:09.1", "2024-05-06 07:08:10"],
        ["2024-05-06 07:08:09+02", "2024-05-06 07:08:09+01:30:15", "2024-05-06 07:08:09+00", "2024-05-06 07:08:09-03"],
    ],
)
def test_moments_are_ordered(ascending):
    keys = [moment(text) for text in ascending]
    assert keys == sorted(keys)
    assert len(set(keys)) == len(keys)


@pytest.mark.parametrize("text", ["", "yesterday", "06/05/2024", "2024-05-06T07:08:09", "2024-05-06 7:8:9"])
def test_no_moment_is_made_of_another_date_style(text):
    with pytest.raises(ValueError, match="ISO"):
        moment(text)


def key(oid):
    return comparison_of(oid, is_enum=False).key


def test_numbers_are_equal_by_value_and_nan_is_above_all():
    for oid, equal in (
        (NUMERIC, ("1", "1.00")),
        (FLOAT8, ("0", "-0")),
        (NUMERIC, ("NaN", "NaN")),
        (FLOAT8, ("NaN", "NaN")),
    ):
        assert key(oid)(equal[0]) == key(oid)(equal[1])
        assert hash(key(oid)(equal[0])) == hash(key(oid)(equal[1]))
    for oid in (NUMERIC, FLOAT8):
        assert key(oid)("-Infinity") < key(oid)("-1.5") < key(oid)("2") < key(oid)("Infinity") < key(oid)("NaN")


def test_padding_does_not_count_in_bpchar_and_bytea_is_hexadecimal():
    assert key(BPCHAR)("ab  ") == key(BPCHAR)("ab")
    assert key(BYTEA)("\\x00ff") > key(BYTEA)("\\x00")
    with pytest.raises(ValueError, match="hex"):
        key(BYTEA)("\\000")


def test_types_that_only_postgresql_can_compare_have_no_keys():
    assert comparison_of(1186, is_enum=False) is None
    assert comparison_of(99999, is_enum=False) is None
    assert not comparison_of(99999, is_enum=True).ordered


@given(
    st.lists(st.sampled_from(["%", "_", "a", "b", "\\%", "\\\\"]), max_size=6), st.text(alphabet="ab%\\", max_size=8)
)
def test_like_answers_as_its_definition_does(pieces, text):
    assert LikePattern("".join(pieces)).matches(text) is _like(pieces, text)


def _like(pieces, text):
    if not pieces:
        return not text
    first, rest = pieces[0], pieces[1:]
    if first == "%":
        return any(_like(rest, text[start:]) for start in range(len(text) + 1))
    return bool(text) and (first == "_" or text[0] == first[-1]) and _like(rest, text[1:])
