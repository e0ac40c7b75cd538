"""QR codes: the standard's own examples, the shape of the patterns, and codes that an independent reader has read."""

from __future__ import annotations

import hashlib
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from millstream.auth.qr import qr_svg
from millstream.auth.qr.codewords import (
    LARGEST_VERSION,
    build_codewords,
    data_capacity,
    raw_capacity,
    remainder,
    smallest_version,
)
from millstream.auth.qr.matrix import alignment_centers, build_matrix, format_bits, penalty, version_bits

FINDER = ["#######", "#.....#", "#.###.#", "#.###.#", "#.###.#", "#.....#", "#######"]


def rows(matrix):
    return ["".join(".#"[dark] for dark in row) for row in matrix]


def test_reed_solomon_codewords_of_a_known_block():
    data = bytes([32, 91, 11, 120, 209, 114, 220, 77, 67, 64, 236, 17, 236, 17, 236, 17])
    assert list(remainder(data, 10)) == [196, 35, 39, 119, 235, 215, 231, 226, 93, 23]


def test_format_and_version_are_those_of_the_standards_tables():
    known = ["101010000010010", "101000100100101", "101111001111100", "101101101001011"]
    known += ["100010111111001", "100000011001110", "100111110010111", "100101010100000"]
    assert [f"{format_bits(mask):015b}" for mask in range(8)] == known
    assert f"{version_bits(7):018b}" == "000111110010010100"
    assert f"{version_bits(20):018b}" == "010100100110100110"


@pytest.mark.parametrize(
    ("version", "centers"), [(1, []), (2, [6, 18]), (7, [6, 22, 38]), (14, [6, 26, 46, 66]), (20, [6, 34, 62, 90])]
)
def test_alignment_patterns_lie_where_the_standard_says(version, centers):
    assert alignment_centers(version) == centers


@pytest.mark.parametrize(
    ("version", "raw", "data"), [(1, 26, 16), (5, 134, 86), (9, 292, 182), (10, 346, 216), (20, 1085, 669)]
)
def test_a_version_holds_what_the_standard_says(version, raw, data):
    assert (raw_capacity(version), data_capacity(version)) == (raw, data)


@given(content=st.binary(max_size=180))
def test_a_code_has_the_size_and_the_patterns_of_its_version(content):
    version = smallest_version(len(content))
    codewords = build_codewords(content, version)
    assert len(codewords) == raw_capacity(version)
    drawn = rows(build_matrix(codewords, version))
    assert {len(row) for row in drawn} == {len(drawn)} == {17 + 4 * version}
    assert [row[:7] for row in drawn[:7]] == FINDER
    assert [row[-7:] for row in drawn[:7]] == FINDER
    assert [row[:7] for row in drawn[-7:]] == FINDER
    assert re.fullmatch(r"(#\.)+#", drawn[6][6:-6])
    assert drawn[-8][8] == "#"


def test_the_mask_has_the_least_penalty():
    even = [[(x + y) % 2 == 0 for x in range(21)] for y in range(21)]
    assert penalty(even) == 0
    assert penalty([[True] * 21 for _ in range(21)]) == 42 * 19 + 3 * 400 + 10 * 10


@pytest.mark.parametrize(
    ("length", "version", "digest"),
    [
        (1, 1, "671de8d56a03fc11"),
        (60, 4, "dd8da341ea037a5b"),
        (100, 6, "b53e6dd9eb55c642"),
        (170, 9, "7cba018e9ef3ae26"),
        (400, 15, "91d79817d571329d"),
    ],
)
def test_codes_that_another_library_has_read_stay_as_they_were(length, version, digest):
    text = ("otpauth://totp/" + "x" * length)[:length]
    assert smallest_version(length) == version
    assert hashlib.sha256(qr_svg(text).encode()).hexdigest().startswith(digest)


def test_a_code_is_black_on_white_with_room_around_it_and_fits_a_data_uri():
    drawn = qr_svg("x")
    assert 'viewBox="0 0 29 29"' in drawn
    assert 'd="M0 0h29v29H0z"' in drawn
    assert not set("#%\n") & set(drawn)


def test_what_is_too_long_is_refused():
    most = data_capacity(LARGEST_VERSION) - 3
    assert smallest_version(most) == LARGEST_VERSION
    with pytest.raises(ValueError, match="do not fit"):
        qr_svg("x" * (most + 1))
