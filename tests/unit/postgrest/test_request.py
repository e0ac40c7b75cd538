"""Requests before any schema: paths, methods, profiles, ranges, preferences, media types, bodies."""

from __future__ import annotations

import contextlib

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from millstream.postgrest import media
from millstream.postgrest.errors import (
    BodyInvalid,
    MethodNotForRpc,
    MethodNotSupported,
    PathInvalid,
    RangeNotSatisfiable,
    SchemaNotExposed,
)
from millstream.postgrest.media import MediaType, parse_accept, parse_media_type
from millstream.postgrest.payload import Payload, read_payload
from millstream.postgrest.preferences import applied, parse_preferences
from millstream.postgrest.query_params import Window
from millstream.postgrest.request import Head, parse

SCHEMAS = ("public", "private")


def request_of(method="GET", path="/cities", query=b"", **headers):
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return parse(Head.from_headers(method, path, named), query, SCHEMAS, frozenset({"Europe/Rome"}))


@pytest.mark.parametrize(
    ("path", "name", "is_function"),
    [
        ("/", "", False),
        ("", "", False),
        ("/cities", "cities", False),
        ("/cities/", "cities", False),
        ("/a%20b", "a b", False),
        ("/a%2Fb", "a/b", False),
        ("/rpc/add", "add", True),
    ],
)
def test_paths_name_a_relation_or_a_function(path, name, is_function):
    found = request_of(path=path)
    assert (found.name, found.is_function, found.is_root) == (name, is_function, not name)


@pytest.mark.parametrize("path", ["/a/b", "/rpc", "/rpc/a/b", "/a/b/c"])
def test_other_paths_are_refused(path):
    with pytest.raises(PathInvalid):
        request_of(path=path)


def test_methods_are_those_of_the_target():
    with pytest.raises(MethodNotSupported):
        request_of("TRACE")
    for method in ("PATCH", "PUT", "DELETE"):
        with pytest.raises(MethodNotForRpc):
            request_of(method, "/rpc/add")
    assert request_of("HEAD").is_read
    assert not request_of("HEAD").wants_body
    assert not request_of("POST").is_read


def test_the_profile_chooses_the_schema():
    assert request_of().schema == "public"
    assert request_of(accept_profile="private").schema == "private"
    assert request_of("POST", content_profile="private", accept_profile="public").schema == "private"
    with pytest.raises(SchemaNotExposed) as refused:
        request_of(accept_profile="secret")
    assert refused.value.hint == "Only the following schemas are exposed: public, private"


@pytest.mark.parametrize(
    ("query", "header", "window"),
    [
        (b"", "", Window()),
        (b"limit=3&offset=2", "", Window(3, 2)),
        (b"", "0-9", Window(10, 0)),
        (b"", "5-", Window(None, 5)),
        (b"", "0-0", Window(1, 0)),
        (b"limit=3", "0-1", Window(2, 0)),
        (b"limit=1", "0-9", Window(1, 0)),
        (b"limit=0", "", Window(0, 0)),
        (b"limit=2", "5-9", Window(0, 5)),
        (b"", "nonsense", Window()),
    ],
)
def test_the_range_header_narrows_the_limit(query, header, window):
    assert request_of(query=query, range=header).window == window


def test_a_range_that_ends_before_it_begins_is_refused():
    with pytest.raises(RangeNotSatisfiable):
        request_of(range="5-1")
    assert request_of("POST", range="5-1").window == Window()


def test_preferences_are_read_and_said_back():
    found = parse_preferences("return=minimal, count=exact ,resolution=merge-duplicates, x, max-affected=3,count=none")
    assert (found.representation, found.count, found.resolution) == ("minimal", "exact", "merge-duplicates")
    assert (found.unknown, found.max_affected) == (("x",), 3)
    assert applied(found, ("count", "representation")) == "return=minimal, count=exact"
    assert applied(found, ("missing",)) is None
    assert applied(found, ("max_affected",)) is None
    strict = parse_preferences("handling=strict, max-affected=3")
    assert applied(strict, ("handling", "max_affected")) == "handling=strict, max-affected=3"
    assert parse_preferences("count=none").count is None
    assert parse_preferences("max-affected=many").max_affected is None


def test_an_unknown_time_zone_is_an_unknown_preference():
    assert request_of(prefer="timezone=Europe/Rome").preferences.timezone == "Europe/Rome"
    found = request_of(prefer="timezone=Nowhere, count=exact").preferences
    assert (found.timezone, found.unknown, found.count) == (None, ("timezone=Nowhere",), "exact")


@pytest.mark.parametrize(
    ("header", "names"),
    [
        ("", ["*/*"]),
        ("text/csv, application/json", ["text/csv", "application/json"]),
        ("text/html,*/*;q=0.8", ["text/html", "*/*"]),
        ("*/*;q=0.1, text/csv;q=0.9", ["text/csv", "*/*"]),
        ("text/csv;q=x, application/json", ["application/json", "text/csv"]),
        ("application/vnd.pgrst.object", [media.OBJECT]),
        ("application/vnd.pgrst.array+json", [media.JSON]),
        ("application/vnd.pgrst.array+json;nulls=stripped", [media.ARRAY]),
    ],
)
def test_accept_is_ranked(header, names):
    assert [one.name for one in parse_accept(header)] == names


@pytest.mark.parametrize(
    ("text", "content_type"),
    [
        ("application/json", "application/json; charset=utf-8"),
        ("application/octet-stream", "application/octet-stream"),
        ("image/png", "image/png"),
        ("application/vnd.pgrst.object+json;nulls=stripped",
         "application/vnd.pgrst.object+json;nulls=stripped; charset=utf-8"),
        ("application/vnd.pgrst.plan+json; options=buffers|analyze|x",
         'application/vnd.pgrst.plan+json; for="application/json"; options=analyze|buffers; charset=utf-8'),
        ('application/vnd.pgrst.plan; for="text/csv"',
         'application/vnd.pgrst.plan+text; for="text/csv"; charset=utf-8'),
    ],
)  # fmt: skip
def test_content_types_are_written(text, content_type):
    assert parse_media_type(text).content_type == content_type


@given(st.text(max_size=60))
def test_any_accept_and_prefer_header_is_read(text):
    assert all(isinstance(one, MediaType) for one in parse_accept(text))
    parse_preferences(text)


@pytest.mark.parametrize(
    ("body", "keys", "is_object"),
    [
        (b'{"a": 1, "b": 2}', ("a", "b"), True),
        (b'[{"a": 1}, {"a": 2}]', ("a",), False),
        (b"[]", (), False),
        (b"{}", (), True),
        (b"", (), True),
        (b"  [ {} , {} ]", (), False),
        (b"5", (), False),
    ],
)
def test_json_bodies_say_their_keys(body, keys, is_object):
    found = read_payload(body, media.JSON, None)
    assert (found.keys, found.is_object) == (keys, is_object)


@pytest.mark.parametrize("body", [b"}{", b'[{"a":1},{"b":2}]', b"[1]", b'{"a": "\\u0000"}'])
def test_other_json_bodies_are_refused(body):
    with pytest.raises(BodyInvalid):
        read_payload(body, media.JSON, None)


def test_a_body_goes_on_as_it_came_when_columns_are_named():
    body = b' [{"a": 1, "junk": }'
    assert read_payload(body, media.JSON, ("a",)) == Payload(body, ("a",), is_object=False)


def test_csv_and_forms_become_json():
    found = read_payload(b'a,b\n1,"x,y"\nNULL,\n', media.CSV, None)
    assert orjson.loads(found.body) == [{"a": "1", "b": "x,y"}, {"a": None, "b": ""}]
    assert (found.keys, found.is_object) == (("a", "b"), False)
    form = read_payload(b"a=1&b=x+y", media.URL_ENCODED, None)
    assert (orjson.loads(form.body), form.keys) == ({"a": "1", "b": "x y"}, ("a", "b"))
    for bad in (b"a,b\n1", b'a\n"', b"\xff"):
        with pytest.raises(BodyInvalid):
            read_payload(bad, media.CSV, None)


def test_raw_bodies_are_one_value():
    assert read_payload(b"\x01\xff", media.OCTETS, None).body == "\\x01ff"
    assert read_payload("é".encode(), media.TEXT, None).body == "é"
    with pytest.raises(BodyInvalid):
        read_payload(b"\xff", media.TEXT, None)
    with pytest.raises(BodyInvalid):
        read_payload(b"", "image/png", None)


@given(st.binary(max_size=60), st.sampled_from([media.JSON, media.CSV, media.URL_ENCODED, media.TEXT]))
def test_any_body_is_read_or_refused(body, content_type):
    with contextlib.suppress(BodyInvalid):
        read_payload(body, content_type, None)
