"""Values in text format become the JSON that to_jsonb makes; types are compared with PostgreSQL in tests/postgres."""

from __future__ import annotations

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from millstream.policy.schema.table import TypeFacts
from millstream.subscriptions.telling.json_values import encoder_of

BOOL, INT4, TEXT, JSONB, NUMERIC, TIMESTAMPTZ, BOX = 16, 23, 25, 3802, 1700, 1184, 603
TYPES = {
    facts.oid: facts
    for facts in (
        TypeFacts(1007, "_int4", "a", element_oid=INT4),
        TypeFacts(1009, "_text", "a", element_oid=TEXT),
        TypeFacts(1020, "_box", "a", element_oid=BOX, delimiter=";"),
        TypeFacts(22, "int2vector", "a", element_oid=21),
        TypeFacts(90001, "pair", "c", fields=(("a b", INT4), ("t", TEXT))),
        TypeFacts(90002, "_pair", "a", element_oid=90001),
        TypeFacts(90003, "amount", "d", base_oid=NUMERIC),
        TypeFacts(90004, "mood", "e"),
    )
}


def rendered(type_oid, text):
    return orjson.loads(encoder_of(type_oid, TYPES)(text))


@pytest.mark.parametrize(
    ("type_oid", "text", "value"),
    [
        (BOOL, "t", True),
        (BOOL, "f", False),
        (INT4, "-7", -7),
        (NUMERIC, "NaN", "NaN"),
        (NUMERIC, "-Infinity", "-Infinity"),
        (TEXT, 'a"\n\u2028é', 'a"\n\u2028é'),
        (JSONB, '{"a": [1, null]}', {"a": [1, None]}),
        (1114, "2024-05-06 07:08:09.5", "2024-05-06T07:08:09.5"),
        (1114, "infinity", "infinity"),
        (TIMESTAMPTZ, "2024-05-06 07:08:09+00", "2024-05-06T07:08:09+00:00"),
        (TIMESTAMPTZ, "2024-05-06 07:08:09.25-03:30", "2024-05-06T07:08:09.25-03:30"),
        (TIMESTAMPTZ, "0044-03-15 00:00:00+00 BC", "0044-03-15T00:00:00+00:00 BC"),
        (TIMESTAMPTZ, "-infinity", "-infinity"),
        (1007, "{1,NULL,3}", [1, None, 3]),
        (1007, "{{1,2},{3,4}}", [[1, 2], [3, 4]]),
        (1007, "[0:1][-1:0]={{1,2},{3,4}}", [[1, 2], [3, 4]]),
        (1007, "{}", []),
        (1009, r'{"NULL",NULL,"","a,b","c\"\\d","{}"," x "}', ["NULL", None, "", "a,b", 'c"\\d', "{}", " x "]),
        (1020, "{(3,4),(1,2);(5,6),(0,0)}", ["(3,4),(1,2)", "(5,6),(0,0)"]),
        (22, "1 2", [1, 2]),
        (22, "", []),
        (90001, '(1,"say ""x"" \\\\ (y)")', {"a b": 1, "t": 'say "x" \\ (y)'}),
        (90001, "(,)", {"a b": None, "t": None}),
        (90001, '(2,"")', {"a b": 2, "t": ""}),
        (90002, '{"(1,a)",NULL,"(,\\"b,c\\")"}', [{"a b": 1, "t": "a"}, None, {"a b": None, "t": "b,c"}]),
        (90003, "1.50", 1.5),
        (90004, "so so", "so so"),
        (99999, "unknown", "unknown"),
    ],
)
def test_a_value_is_rendered(type_oid, text, value):
    assert rendered(type_oid, text) == value


@given(st.lists(st.none() | st.text(st.characters(exclude_characters="\0", codec="utf-8")), max_size=5))
def test_text_arrays_read_back(values):
    def quoted(value):
        return "NULL" if value is None else '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'

    assert rendered(1009, "{" + ",".join(map(quoted, values)) + "}") == values


@given(st.none() | st.integers(), st.none() | st.text(st.characters(exclude_characters="\0", codec="utf-8")))
def test_composite_values_read_back(number, text):
    quoted = "" if text is None else '"' + text.replace("\\", "\\\\").replace('"', '""') + '"'
    document = f"({'' if number is None else number},{quoted})"
    if number is None or abs(number) < 2**63:
        assert rendered(90001, document) == {"a b": number, "t": text}
