"""The query string as a whole: which parameter is what, each parsed by its rule of the grammar.

Receives the raw query string of the request; hands `QueryParams` to `request` and the planner. `shape_of` splits the
same string into what a plan depends on and what may differ under one plan, without parsing. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal, NamedTuple, TypeVar
from urllib.parse import quote_plus, unquote_to_bytes

from millstream.postgrest.errors import RangeNotSatisfiable
from millstream.postgrest.grammar.cursor import Cursor, parse_all
from millstream.postgrest.grammar.fields import field_name, name_list, tree_path
from millstream.postgrest.grammar.filters import FULL_TEXT, OPERATORS, list_values, logic_tree, operation
from millstream.postgrest.grammar.selections import order_list, select_list
from millstream.postgrest.grammar.terms import Filter, LogicTree, Operand, OrderTerm, SelectItem

Path = tuple[str, ...]
Pair = tuple[str, str]
Target = Literal["relation", "function", "function-read"]
Term = TypeVar("Term")

RESERVED = frozenset({"select", "columns", "on_conflict"})
RESERVED_BELOW = frozenset({"order", "limit", "offset", "and", "or"})
_SLOTTED = re.compile(rb"(?:not\.)?(?:(?:eq|gte|gt|lte|lt|like|ilike|match|imatch)(?:\((?:any|all)\))?|in|"
                      rb"neq|isdistinct|cs|cd|ov|sl|sr|nxr|nxl|adj)\.")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Window:
    """A limit and an offset of one level; None is no limit."""

    limit: int | None = None
    offset: int = 0


@dataclass(frozen=True, slots=True)
class QueryParams:
    """All parameters, parsed. Paths lead through embedded relations; the empty path is the root."""

    select: tuple[SelectItem, ...]
    filters: tuple[tuple[Path, Filter], ...] = ()
    logic: tuple[tuple[Path, LogicTree], ...] = ()
    order: tuple[tuple[Path, tuple[OrderTerm, ...]], ...] = ()
    windows: tuple[tuple[Path, Window], ...] = ()
    columns: tuple[str, ...] | None = None
    on_conflict: tuple[str, ...] | None = None
    arguments: tuple[tuple[str, Operand], ...] = ()

    def root_filters(self) -> list[Filter]:
        """Return the filters of the root relation."""
        return [found for path, found in self.filters if not path]

    def root_window(self) -> Window:
        """Return the limit and offset of the root relation."""
        return next((window for path, window in self.windows if not path), Window())


class Shape(NamedTuple):
    """A query string split in two: `key` decides the plan, `values` fill its slots (None where the key has it all)."""

    key: bytes
    values: tuple[str | None, ...]


def shape_of(raw: bytes, *, arguments: bool = False) -> Shape:
    """Split a raw query string; `arguments` says that parameters without an operator are a function's arguments."""
    key: list[bytes] = []
    values: list[str | None] = []
    for part in raw.split(b"&"):
        name, equals, value = part.partition(b"=")
        prefix = _slot_prefix(name, value, arguments) if equals else None
        key.append(part if prefix is None else name + b"=" + prefix)
        values.append(None if prefix is None else decode(value[len(prefix) :]))
    return Shape(b"&".join(key), tuple(values))


def _slot_prefix(name: bytes, value: bytes, arguments: bool) -> bytes | None:
    if b"%" in name or b"+" in name:
        name = decode(name).encode()
    if name.rpartition(b".")[2] in _RESERVED_RAW:
        return None
    match = _SLOTTED.match(value)
    if match is not None:
        return match.group()
    return b"" if arguments and b"." not in name and not _has_operator(value) else None


_RESERVED_RAW = frozenset(name.encode() for name in RESERVED | RESERVED_BELOW)
_OPERATOR_WORDS = frozenset(name.encode() for name in (*OPERATORS, *FULL_TEXT, "is", "in"))


def _has_operator(value: bytes) -> bool:
    first, dot, _ = value.partition(b".")
    if dot and (first in _OPERATOR_WORDS or first == b"not" or first.partition(b"(")[0] in _OPERATOR_WORDS):
        return True
    return value.partition(b"(")[0] in _FULL_TEXT_RAW and b"(" in value


_FULL_TEXT_RAW = frozenset(name.encode() for name in FULL_TEXT)


def decode(raw: bytes) -> str:
    """Decode one name or value: `+` is a blank, `%XX` a byte of UTF-8; a NUL ends it, as PostgreSQL has none."""
    if b"+" in raw:
        raw = raw.replace(b"+", b" ")
    if b"%" in raw:
        raw = unquote_to_bytes(raw)
    text = raw.decode("utf-8", "replace")
    return text.partition("\0")[0]


def canonical(raw: bytes) -> str:
    """Return the query string sorted by name, as `Content-Location` gives it."""
    pairs = [part.partition(b"=") for part in raw.split(b"&") if part]
    decoded = sorted(((decode(name), decode(value)) for name, _, value in pairs), key=lambda pair: pair[0])
    return "&".join(f"{_quote(name)}={_quote(value)}" for name, value in decoded)


def _quote(text: str) -> str:
    """Encode a name or a value; most are letters, digits and dots, which stay as they are."""
    return text if text.isascii() and text.replace(".", "").isalnum() else _quoted(text)


@lru_cache(maxsize=4096)
def _quoted(text: str) -> str:
    return quote_plus(text, safe="-_.~").replace("+", "%20")


def parse_query(raw: bytes, target: Target = "relation") -> QueryParams:
    """Parse a raw query string; raise `QueryInvalid` at the first parameter that does not follow the grammar."""
    shape = shape_of(raw, arguments=target == "function-read")
    given = [_decoded_pair(part) for part in raw.split(b"&")]
    pairs = [(index, *pair) for index, pair in enumerate(given) if pair is not None]
    slots = frozenset(index for index, value in enumerate(shape.values) if value is not None)
    filters, arguments = _filters(pairs, target, slots)
    select = _last_given(pairs, "select")
    return QueryParams(
        select=_parse("select parameter", "*" if select is None else select, select_list),
        filters=filters,
        logic=tuple(_logic(name, value) for _, name, value in pairs if _last(name) in {"and", "or"}),
        order=tuple(
            (_prefix(name), _parse("order", value, order_list)) for _, name, value in pairs if _last(name) == "order"
        ),
        windows=_windows(pairs),
        columns=_names("columns parameter", _last_given(pairs, "columns")),
        on_conflict=_names("on_conflict parameter", _last_given(pairs, "on_conflict")),
        arguments=arguments,
    )


def _decoded_pair(part: bytes) -> Pair | None:
    name, equals, value = part.partition(b"=")
    return (decode(name), decode(value)) if name and equals else None


def _last_given(pairs: Iterable[tuple[int, str, str]], wanted: str) -> str | None:
    return next((value for _, name, value in pairs if name == wanted), None)


def _parse(what: str, text: str, rule: Callable[[Cursor], Term]) -> Term:
    return parse_all(text, f"failed to parse {what} ({text})", rule)


def _names(what: str, text: str | None) -> tuple[str, ...] | None:
    return None if text is None else tuple(dict.fromkeys(_parse(what, text, name_list)))


def _last(name: str) -> str:
    return name.rpartition(".")[2]


def _prefix(name: str) -> Path:
    path, _ = _parse("tree path", name, tree_path)
    return path


def _filters(
    pairs: Sequence[tuple[int, str, str]], target: Target, slots: frozenset[int]
) -> tuple[tuple[tuple[Path, Filter], ...], tuple[tuple[str, Operand], ...]]:
    filters: list[tuple[Path, Filter]] = []
    arguments: list[tuple[str, Operand]] = []
    for index, name, value in pairs:
        if name in RESERVED or _last(name) in RESERVED_BELOW:
            continue
        slot = index if index in slots else None
        if target == "function-read" and "." not in name and not _has_operator(value.encode()):
            arguments.append((name, Operand(value, slot=slot)))
        else:
            filters.append(_filter(name, value, slot))
    return tuple(filters), tuple(arguments)


def _filter(name: str, value: str, slot: int | None) -> tuple[Path, Filter]:
    path, of = _parse("tree path", name, tree_path)
    found = _parse("filter", value, operation)
    operand = found.operand and replace(found.operand, slot=slot)
    return path, replace(found, field=of, operand=operand)


def _logic(name: str, value: str) -> tuple[Path, LogicTree]:
    parts = _parse("logic path", name, _dotted)
    operator = ("not." if "not" in parts[:-1] else "") + parts[-1]
    tree = parse_all(operator + value, f"failed to parse logic tree ({value})", logic_tree)
    return tuple(part for part in parts[:-1] if part != "not"), tree


def _dotted(cursor: Cursor) -> tuple[str, ...]:
    names = [field_name(cursor)]
    while cursor.accept("."):
        names.append(field_name(cursor))
    return tuple(names)


def _windows(pairs: Iterable[tuple[int, str, str]]) -> tuple[tuple[Path, Window], ...]:
    windows: dict[Path, Window] = {}
    for _, name, value in pairs:
        word = _last(name)
        number = _integer(value) if word in {"limit", "offset"} else None
        if number is None:
            continue
        path = _prefix(name)
        before = windows.get(path, Window())
        if word == "offset":
            windows[path] = replace(before, offset=max(number, 0))
        elif number < 0:
            raise RangeNotSatisfiable("Limit should be greater than or equal to zero.")
        else:
            windows[path] = replace(before, limit=number)
    return tuple(windows.items())


def _integer(text: str) -> int | None:
    digits = text.removeprefix("-")
    if not (digits.isascii() and digits.isdigit()) or len(digits) > 18:
        return None
    return int(text)


def list_operand(text: str) -> str:
    """Turn the text of an `in` list into an array literal; raise `QueryInvalid` when it is no list."""
    values = parse_all(text, f"failed to parse filter (in.{text})", list_values)
    return array_literal(() if values == ("",) else values)


def array_literal(values: Iterable[str]) -> str:
    """Return a PostgreSQL array literal of these texts."""
    quoted = ('"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"' for value in values)
    return "{" + ",".join(quoted) + "}"
