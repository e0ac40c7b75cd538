"""Rules for `select` and `order`: columns, casts, aggregates, embedded and spread relations, directions. Pure."""

from __future__ import annotations

from millstream.postgrest.grammar.cursor import Cursor, separated
from millstream.postgrest.grammar.fields import delimiter, field, field_name, identifier
from millstream.postgrest.grammar.terms import ColumnItem, EmbedItem, Field, OrderTerm, SelectItem

AGGREGATES = ("count", "sum", "avg", "max", "min")
_ITEM_END = ('","', '")"', "end of input")


def select_list(cursor: Cursor) -> tuple[SelectItem, ...]:
    """Read the items of one level; none at all is allowed, as in `clients()`."""
    cursor.skip_blanks()
    if cursor.at_end or cursor.peek() == ")":
        return ()
    return separated(cursor, _item)


def _item(cursor: Cursor) -> SelectItem:
    cursor.skip_blanks()
    head = cursor.attempt(_embed_head)
    if head is not None:
        return _embed_body(cursor, head)
    item = _column_item(cursor)
    cursor.skip_blanks()
    if not cursor.at_end and cursor.peek() not in ",)":
        cursor.fail(*_ITEM_END)
    return item


def _alias(cursor: Cursor) -> str:
    cursor.skip_blanks()
    name = field_name(cursor)
    if cursor.peek() != ":" or cursor.peek(2) == "::":
        cursor.fail('":"')
    cursor.place += 1
    return name


def _embed_head(cursor: Cursor) -> EmbedItem:
    spread = cursor.accept("...")
    alias = None if spread else cursor.attempt(_alias)
    name = field_name(cursor)
    hint: str | None = None
    join: str | None = None
    while cursor.accept("!"):
        word = field_name(cursor)
        if word in {"inner", "left"} and join is None:
            join = word
        else:
            hint = hint or word
    if cursor.peek() != "(" or (name in AGGREGATES and cursor.peek(2) == "()"):
        cursor.fail('"("')
    cursor.place += 1
    return EmbedItem(name, (), alias, hint, join, spread)


def _embed_body(cursor: Cursor, head: EmbedItem) -> EmbedItem:
    cursor.deeper()
    items = select_list(cursor)
    cursor.shallower()
    cursor.skip_blanks()
    cursor.expect(")")
    return EmbedItem(head.name, items, head.alias, head.hint, head.join, head.spread)


def _column_item(cursor: Cursor) -> ColumnItem:
    if cursor.accept("*"):
        return ColumnItem(Field("*"))
    alias = cursor.attempt(_alias)
    cursor.skip_blanks()
    if cursor.attempt(_bare_count):
        return ColumnItem(Field("*"), alias, None, "count", _cast(cursor))
    of = field(cursor)
    cast = _cast(cursor)
    aggregate = cursor.attempt(_aggregate)
    return ColumnItem(of, alias, cast, aggregate, _cast(cursor) if aggregate else None)


def _bare_count(cursor: Cursor) -> bool:
    cursor.expect("count()")
    return True


def _cast(cursor: Cursor) -> str | None:
    if cursor.peek(2) != "::":
        return None
    cursor.place += 2
    return identifier(cursor)


def _aggregate(cursor: Cursor) -> str:
    cursor.expect(".")
    for name in AGGREGATES:
        if cursor.accept(f"{name}()"):
            return name
    raise cursor.failed()


def order_list(cursor: Cursor) -> tuple[OrderTerm, ...]:
    """Read `a.desc.nullslast,related(b)`."""
    return separated(cursor, _order_term)


def _order_term(cursor: Cursor) -> OrderTerm:
    cursor.skip_blanks()
    relation = cursor.attempt(_related)
    of = field(cursor)
    if relation is not None:
        cursor.expect(")")
    direction = cursor.attempt(lambda here: _word(here, "asc", "desc"))
    nulls = cursor.attempt(lambda here: _word(here, "nullsfirst", "nullslast"))
    cursor.skip_blanks()
    if not cursor.at_end and cursor.peek() != ",":
        cursor.fail(*([] if direction or nulls else ["delimiter (.)"]), '","', "end of input")
    return OrderTerm(of, direction, nulls, relation)


def _related(cursor: Cursor) -> str:
    name = field_name(cursor)
    cursor.expect("(")
    return name


def _word(cursor: Cursor, *words: str) -> str:
    delimiter(cursor)
    for word in words:
        if cursor.accept(word):
            return word
    raise cursor.failed(*(f'"{word}"' for word in words))
