"""Rows of the log are judged, filtered and rendered with their exact values, whatever their type."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest

from millstream.policy.observations import PolicyCheckFailed
from tests.postgres.visibility.listening import Followed, followed, user

ALICE = user("00000000-0000-0000-0000-00000000000a")

# Column type and a value of it, written so that its text form needs care somewhere on the way.
VALUES = {
    "a_bool": ("bool", "true"),
    "a_bytea": ("bytea", r"'\x005c22ff'"),
    "a_char": ('"char"', "'x'"),
    "a_bpchar": ("char(5)", "'ab'"),
    "a_varchar": ("varchar(20)", "E'a\"b\\\\c,(d)'"),
    "a_text": ("text", "E' leading, \"quoted\" \\\\ (braced) {x} NULL\nnew\tline ''single'' \u00e9\u2028\U0001f600'"),
    "an_empty_text": ("text", "''"),
    "a_null_word": ("text", "'NULL'"),
    "a_null": ("text", "null"),
    "a_name": ("name", "'Odd Name'"),
    "an_int2": ("int2", "-32768"),
    "an_int8": ("int8", "9007199254740993"),
    "a_numeric": ("numeric", "'123456789012345678901234567890.1234567890'"),
    "a_numeric_nan": ("numeric", "'NaN'"),
    "a_numeric_infinity": ("numeric", "'-Infinity'"),
    "a_float4": ("float4", "0.1"),
    "a_float8": ("float8", "1e-7"),
    "a_float8_large": ("float8", "1.7976931348623157e308"),
    "a_float8_nan": ("float8", "'NaN'"),
    "a_float8_infinity": ("float8", "'Infinity'"),
    "a_float8_zero": ("float8", "'-0'"),
    "an_oid": ("oid", "4294967295"),
    "a_uuid": ("uuid", "'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11'"),
    "a_json": ("json", """'{"b": [1, 2.50, null], "a": "x\\u00e9"}'"""),
    "a_jsonb": ("jsonb", """'{"b": [1, 2.50, null], "a": "x\\"y"}'"""),
    "a_json_scalar": ("jsonb", "'null'"),
    "a_date": ("date", "'0044-03-15 BC'"),
    "an_endless_date": ("date", "'infinity'"),
    "a_time": ("time", "'24:00:00'"),
    "a_timetz": ("timetz", "'10:11:12.5+05:30'"),
    "a_timestamp": ("timestamp", "'2024-05-06 07:08:09.123456'"),
    "a_timestamp_bc": ("timestamp", "'0044-03-15 01:02:03 BC'"),
    "a_timestamptz": ("timestamptz", "'2024-05-06 07:08:09.5-03'"),
    "a_late_timestamptz": ("timestamptz", "'20240-05-06 07:08:09 UTC'"),
    "an_endless_timestamptz": ("timestamptz", "'-infinity'"),
    "a_timestamptz_bc": ("timestamptz", "'0044-03-15 01:02:03 UTC BC'"),
    "an_interval": ("interval", "'1 year 2 mons -3 days 04:05:06.7'"),
    "an_inet": ("inet", "'10.1.2.3/8'"),
    "a_macaddr": ("macaddr", "'08:00:2b:01:02:03'"),
    "a_bit": ("bit(4)", "B'1010'"),
    "a_varbit": ("varbit", "B'101'"),
    "a_money": ("money", "'1234.5'"),
    "a_point": ("point", "'(1.5,-2)'"),
    "a_box": ("box", "'(1,2),(3,4)'"),
    "a_range": ("int4range", "'[1,5)'"),
    "a_multirange": ("int4multirange", "'{[1,2),[5,9)}'"),
    "a_tsvector": ("tsvector", "'a:1 b''c:2'"),
    "an_int_array": ("int[]", "'{1,NULL,3}'"),
    "a_matrix": ("int[]", "'{{1,2},{3,4}}'"),
    "a_shifted_array": ("int[]", "'[5:6]={1,2}'"),
    "an_empty_array": ("int[]", "'{}'"),
    "a_text_array": ("text[]", r"""array['a,b', 'NULL', null, '', '"', '\', '{}', ' ', E'new\nline']"""),
    "a_bool_array": ("bool[]", "'{t,f,NULL}'"),
    "a_numeric_array": ("numeric[]", "'{1.50,NaN}'"),
    "a_timestamptz_array": ("timestamptz[]", "'{2024-05-06 07:08:09+00}'"),
    "a_jsonb_array": ("jsonb[]", """array['{"a": "b,c"}', 'null']::jsonb[]"""),
    "a_box_array": ("box[]", "'{(1,2),(3,4);(1,2),(3,4)}'"),
    "a_bytea_array": ("bytea[]", r"array['\x00', '\x5c']::bytea[]"),
    "an_int2vector": ("int2vector", "'1 2'"),
    "a_mood": ("mood", "'not so bad'"),
    "a_mood_array": ("mood[]", "'{ok,\"not so bad\"}'"),
    "a_domain": ("positive", "7"),
    "a_domain_array": ("positive[]", "'{1,2}'"),
    "a_domain_of_array": ("pair", "'{1,2}'"),
    "a_place": ("place", """row('a "b" (c), \\d', 1.5, array['x', null], null)"""),
    "an_empty_place": ("place", "row(null, null, null, null)"),
    "a_place_array": ("place[]", """array[row('x,y', null, '{}', '[1,2]')::place, null]"""),
}

TYPES = (
    "create type mood as enum ('ok', 'not so bad')",
    "create domain positive as int not null check (value > 0)",
    "create domain pair as int[] check (array_length(value, 1) = 2)",
    'create type place as ("the name" text, height float8, tags text[], extra jsonb)',
)

COLUMNS = ", ".join(f"{name} {kind}" for name, (kind, _) in VALUES.items())


@pytest.fixture
async def live(any_database):
    schema = (
        *TYPES,
        f"create table things (id int primary key, {COLUMNS})",
        f"create table expected (id int primary key, {COLUMNS})",
        "grant select on expected to authenticated",
        "alter table things enable row level security",
        # The row as text holds each value's text: that the two are equal says that each arrived exactly.
        """create policy exact on things for select to authenticated using (
             (select expected::text from expected where expected.id = things.id) = things::text)""",
        "alter publication supabase_realtime add table things",
        "alter table things replica identity full",
    )
    async with followed(any_database, *schema) as live:
        yield live


async def test_a_row_of_many_types_reaches_policies_exactly_and_clients_as_to_jsonb_renders_it(live: Followed):
    listener = await live.listen(ALICE, {"event": "*", "table": "things"})
    values = ", ".join(value for _, value in VALUES.values())
    insert = f"values (1, {values})"
    await live.run(f"insert into expected {insert}", f"insert into things {insert}")
    [change] = listener.take()
    [(rendered,)] = await live.select(ALICE, "select to_jsonb(things)::text from things")
    assert change["record"] == json.loads(rendered, parse_float=Decimal)
    assert [column["name"] for column in change["columns"]] == ["id", *VALUES]
    assert not live.witness.all(PolicyCheckFailed)
