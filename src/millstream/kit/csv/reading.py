"""Reads a CSV file as people have it: its separator, its encoding, its empty lines. Pure.

Understood are commas, semicolons and tabs, UTF-8 with or without a mark, and what `writing` writes. Each record comes
with the number of the line on which it begins, for people to find it.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import NamedTuple

from millstream.app import OperationError
from millstream.kit.csv.writing import unguarded

_SEPARATORS = ",;\t"


class CsvUnreadable(OperationError):
    """The file is no CSV in UTF-8, has no header, or is too long; the message says which."""

    code = "csv_unreadable"
    status = 422
    text = "This file cannot be read as CSV."


class Record(NamedTuple):
    """One record of a file and where it begins; lines count from 1, the header's included."""

    line: int
    values: dict[str, str]


class Sheet(NamedTuple):
    """A file: the names in its header, and its records."""

    header: Sequence[str]
    records: Sequence[Record]


def read_csv(content: bytes, *, most_rows: int) -> Sheet:
    """Read a whole file. Raises CsvUnreadable."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise CsvUnreadable("The file is not in UTF-8: save it as \u201cCSV UTF-8\u201d.") from None
    first = text.split("\n", 1)[0]
    separator = max(_SEPARATORS, key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        header = [name.strip() for name in next(reader, [])]
        _check_header(header)
        return Sheet(header, _records(reader, header, most_rows))
    except csv.Error as error:
        raise CsvUnreadable(f"Line {reader.line_num}: {error}.") from None


def _check_header(header: Sequence[str]) -> None:
    if not any(header):
        raise CsvUnreadable("The file has no line with the names of its columns.")
    twice = next((name for name in header if name and header.count(name) > 1), None)
    if twice is not None:
        raise CsvUnreadable(f"Two columns are called {twice!r}.")


def _records(reader: csv.Reader, header: Sequence[str], most_rows: int) -> list[Record]:  # type: ignore[name-defined]
    records: list[Record] = []
    line = reader.line_num + 1
    for values in reader:
        if any(value.strip() for value in values):
            if len(values) > len(header):
                raise CsvUnreadable(f"Line {line} has {len(values)} values, and there are {len(header)} columns.")
            if len(records) >= most_rows:
                raise CsvUnreadable(f"The file has more than {most_rows} rows.")
            filled = [*values, *[""] * (len(header) - len(values))]
            records.append(
                Record(line, {name: unguarded(value) for name, value in zip(header, filled, strict=True) if name})
            )
        line = reader.line_num + 1
    return records
