"""CSV as spreadsheets write and read it: values survive, formulas do not run, faults have a line."""

from __future__ import annotations

import contextlib
import csv
import io
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from millstream.kit.csv import CsvUnreadable, Field, choice, day, instant, money, text, truth, whole_number
from millstream.kit.csv.reading import read_csv
from millstream.kit.csv.writing import FORMULA, csv_rows, csv_value, guarded, json_row, unguarded

ANY_TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))


@given(st.lists(st.lists(ANY_TEXT, min_size=3, max_size=3), min_size=1))
def test_whatever_is_written_is_read_again(rows: list[list[str]]) -> None:
    rows = [row for row in rows if any(value.strip() for value in row)]
    sheet = read_csv(csv_rows([["a", "b", "c"], *rows]), most_rows=1000)
    assert [list(record.values.values()) for record in sheet.records] == rows


@given(ANY_TEXT)
def test_no_text_is_a_formula_and_guarding_can_be_undone(value: str) -> None:
    assert not guarded(value).startswith(FORMULA)
    assert unguarded(guarded(value)) == value


@pytest.mark.parametrize("formula", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\uff1d1", "'=1"], ids=range(8))
def test_a_formula_is_a_text(formula: str) -> None:
    [[written]] = csv.reader(io.StringIO(csv_rows([[formula]]).decode(), newline=""))
    assert written == "'" + formula


def test_values_have_one_form() -> None:
    values = [None, True, -5, Decimal("-1.50"), date(2026, 3, 1), datetime(2026, 3, 1, 9, tzinfo=UTC), UUID(int=1), [1]]
    assert [csv_value(value) for value in values] == [
        "", "true", "-5", "-1.50", "2026-03-01", "2026-03-01T09:00:00+00:00",
        "00000000-0000-0000-0000-000000000001", "[1]",
    ]  # fmt: skip


def test_json_keeps_all_digits() -> None:
    assert json_row({"n": Decimal("1.10"), "d": date(2026, 3, 1), "i": timedelta(1)}) == (
        b'{"n":1.10,"d":"2026-03-01","i":"1 day, 0:00:00"}'
    )


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_a_file_is_read_as_people_have_it(separator: str) -> None:
    lines = ["\ufeffName ,Mail", '"Ada, L.",a@x', "", " ,", "Bo"]
    content = "\r\n".join(lines).replace(",", separator).encode()
    sheet = read_csv(content, most_rows=10)
    assert sheet.header == ["Name", "Mail"]
    assert [(one.line, list(one.values.values())) for one in sheet.records] == [
        (2, [f"Ada{separator} L.", "a@x"]),
        (5, ["Bo", ""]),
    ]


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"", "no line with the names"),
        (b",,\r\n1,2,3", "no line with the names"),
        (b"a,b,a\r\n", "Two columns are called 'a'"),
        (b"a\r\n1\r\n2\r\n3\r\n4", "more than 3 rows"),
        (b"a\r\n1,2", "Line 2 has 2 values"),
        (b"a\r\n\xff", "not in UTF-8"),
        (b'a\r\n"x', "Line 2"),
    ],
    ids=range(7),
)
def test_what_is_no_csv_is_refused_with_its_place(content: bytes, complaint: str) -> None:
    with pytest.raises(CsvUnreadable, match=complaint):
        read_csv(content, most_rows=3)


@given(st.binary())
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    with contextlib.suppress(CsvUnreadable):
        read_csv(content, most_rows=100)


def test_fields_read_what_people_write() -> None:
    assert (text("a"), whole_number("7"), money("1234,50"), money("-3.5")) == (
        "a",
        7,
        Decimal("1234.50"),
        Decimal("-3.5"),
    )
    assert (truth("Yes"), truth("0"), day("2026-03-01"), choice("New", "Won")("won")) == (
        True, False, date(2026, 3, 1), "Won",
    )  # fmt: skip
    assert instant("Europe/Rome")("2026-03-29 12:00").isoformat() == "2026-03-29T12:00:00+02:00"
    assert instant("Europe/Rome")("2026-03-29T12:00Z").isoformat() == "2026-03-29T12:00:00+00:00"


@pytest.mark.parametrize(
    ("parse", "value"),
    [
        (text, "a\0"), (whole_number, "1.5"), (money, "1,234.50"), (money, "1.234"), (money, "NaN"), (money, "x"),
        (truth, "perhaps"), (day, "31.3.2026"), (instant("UTC"), "noon"), (choice("a"), "b"),
    ],
    ids=range(10),
)  # fmt: skip
def test_fields_say_what_they_cannot_read(parse, value) -> None:
    with pytest.raises(ValueError, match="is "):
        parse(value)


def test_a_header_means_a_column_by_any_of_its_names() -> None:
    field = Field("full_name", names=["Name", "Contact"])
    assert [name for name in ("Full Name", "FULL-NAME", "name", " contact ", "surname") if field.is_called(name)] == [
        "Full Name", "FULL-NAME", "name", " contact ",
    ]  # fmt: skip
