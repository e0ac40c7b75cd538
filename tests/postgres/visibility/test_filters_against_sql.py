"""A filter matches exactly the rows that the same condition in a WHERE clause returns, for every type and operator."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg.sql import SQL, Identifier, Literal

from millstream.subscriptions.bindings.binding import binding_id
from tests.postgres.visibility.listening import SERVICE, followed

COLUMNS = {
    "i": ("int", ["1", "2", "10", "-3"]),
    "b": ("int8", ["9007199254740993", "9007199254740992", "1"]),
    "n": ("numeric", ["1.0", "1.00", "-2.5", "NaN", "Infinity", "1e3", "1000"]),
    "f": ("float8", ["0", "-0", "1.5", "NaN", "-Infinity", "1e-7"]),
    "g": ("float4", ["0.1", "0.2", "1"]),
    "t": ("text", ["a", "B", "b", "ab", "a%b", "a_b", "", "é", "null", "a,b", 'say "x"', "(x)", "back\\slash", " "]),
    "c": ('text collate "C"', ["a", "B", "b", "é", "Z"]),
    "v": ("varchar(4)", ["a", "ab", "ab "]),
    "p": ("char(3)", ["a", "ab", "abc"]),
    "u": ("uuid", ["A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11", "00000000-0000-0000-0000-000000000001"]),
    "o": ("bool", ["true", "f"]),
    "d": ("date", ["2024-05-06", "0044-03-15 BC", "infinity", "20240-01-01", "1999-12-31"]),
    "s": ("timestamp", ["2024-05-06 07:08:09.5", "2024-05-06 07:08:09", "2024-05-06"]),
    "z": ("timestamptz", ["2024-05-06 07:08:09+02", "2024-05-06 05:08:09Z", "-infinity"]),
    "m": ("mood", ["sad", "ok", "happy"]),
    "q": ("positive", ["1", "2"]),
    "y": ("interval", ["1 day", "24:00:00", "1 month"]),
    "k": ("bytea", [r"\x00", r"\x0001", r"\xff"]),
    "j": ("jsonb", ['{"a": 1}', '{"a": 1.0}', "[]"]),
    "x": ("inet", ["10.0.0.1", "10.0.0.1/32", "10.0.0.0/8"]),
    "l": ("time", ["10:00", "10:00:00.5", "24:00"]),
}
TEXTS = ("t", "c", "v")
ORDERED = {"eq": "=", "neq": "<>", "lt": "<", "lte": "<=", "gt": ">", "gte": ">=", "isdistinct": "is distinct from"}
PATTERNS = {"like": "~~", "ilike": "~~*", "match": "~", "imatch": "~*"}
SCHEMA = (
    "create type mood as enum ('sad', 'ok', 'happy')",
    "create domain positive as int check (value > 0)",
    "create table things (id int primary key, " + ", ".join(f"{n} {kind}" for n, (kind, _) in COLUMNS.items()) + ")",
    "alter publication supabase_realtime add table things",
)


@dataclass(frozen=True)
class Term:
    column: str
    operator: str
    negated: bool
    values: tuple[str, ...]

    @property
    def filter(self) -> str:
        negation = "not." if self.negated else ""
        quoted = ['"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"' for value in self.values]
        value = f"({','.join(quoted)})" if self.operator == "in" else quoted[0]
        return f"{self.column}={negation}{self.operator}.{self.values[0] if self.operator == 'is' else value}"

    @property
    def sql(self) -> SQL:
        column = Identifier(self.column)
        if self.operator == "is":
            condition = SQL("{} is {}").format(column, SQL(self.values[0]))
        elif self.operator == "in":
            condition = SQL("{} in ({})").format(column, SQL(",").join(map(Literal, self.values)))
        else:
            operator = SQL({**ORDERED, **PATTERNS}[self.operator])
            condition = SQL("{} {} {}").format(column, operator, Literal(self.values[0]))
        return SQL("(not ({}))").format(condition) if self.negated else SQL("({})").format(condition)


@st.composite
def terms(draw):
    column = draw(st.sampled_from([*COLUMNS, *TEXTS, *TEXTS]))
    values = st.sampled_from(COLUMNS[column][1])
    negated = draw(st.booleans())
    operator = draw(st.sampled_from([*ORDERED, "in", "is", *(PATTERNS if column in TEXTS else ())]))
    if operator == "is":
        return Term(
            column,
            operator,
            negated,
            (draw(st.sampled_from(["null", "true", "false", "unknown"] if column == "o" else ["null"])),),
        )
    if operator in PATTERNS:
        pieces = (
            ["%", "_", "a", "b", "\\%", "é"] if operator in ("like", "ilike") else ["a", "b", ".", "*", "^", "[ab]"]
        )
        pattern = (
            "".join(draw(st.lists(st.sampled_from(pieces), max_size=4)))
            .lstrip("*")
            .replace("**", "*")
            .replace("^*", "")
        )
        return Term(column, operator, negated, (pattern,))
    count = draw(st.integers(1, 3)) if operator == "in" else 1
    return Term(column, operator, negated, tuple(draw(values) for _ in range(count)))


rows = st.fixed_dictionaries({name: st.sampled_from([None, *values]) for name, (_, values) in COLUMNS.items()})


@pytest.fixture
async def live(any_database):
    async with followed(any_database, *SCHEMA) as live:
        yield live


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    filters=st.lists(st.lists(terms(), min_size=1, max_size=2), min_size=1, max_size=25),
    things=st.lists(rows, min_size=1, max_size=6),
)
async def test_a_filter_matches_the_rows_that_a_where_clause_returns(live, filters, things):
    await live.run("truncate things")
    bindings = [{"event": "*", "table": "things", "filter": ",".join(t.filter for t in terms)} for terms in filters]
    listener = await live.listen(SERVICE, *bindings)
    names = SQL(",").join(map(Identifier, COLUMNS))
    async with live.admin.transaction():
        for number, thing in enumerate(things):
            values = SQL(",").join(Literal(thing[name]) for name in COLUMNS)
            await live.admin.execute(SQL("insert into things (id, {}) values ({}, {})").format(names, number, values))
    await live.told()
    told = {frame[4]["data"]["record"]["id"]: set(frame[4]["ids"]) for frame in listener.frames}
    live.subscriptions.close(listener.subscription)
    for binding, terms in zip(bindings, filters, strict=True):
        where = SQL(" and ").join(term.sql for term in terms)
        found = await (await live.admin.execute(SQL("select id from things where {}").format(where))).fetchall()
        assert {number for number, ids in told.items() if binding_id(binding) in ids} == {row[0] for row in found}, (
            binding
        )
