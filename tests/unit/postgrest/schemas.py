"""A small schema for the unit tests: countries with cities, people who live in them, and functions."""

from __future__ import annotations

from millstream.postgrest.schema.relationships import ForeignKey, ViewColumns, build_relationships, view_keys
from millstream.postgrest.schema_cache import (
    Column,
    ComputedRelationship,
    Function,
    MediaHandler,
    Name,
    Parameter,
    Returns,
    SchemaCache,
    Table,
)


def public(name: str) -> Name:
    return Name("public", name)


def table(name: str, key: tuple[str, ...] = (), /, **columns: str) -> Table:
    found = {column: Column(column, kind, kind) for column, kind in columns.items()}
    return Table(public(name), found, key)


COUNTRIES = table("countries", ("id",), id="integer", name="text", tags="text[]")
CITIES = table(
    "cities",
    ("id",),
    id="integer",
    name="text",
    population="integer",
    info="jsonb",
    place="point_2d",
    document="tsvector",
    country_id="integer",
    twin_id="integer",
)
PEOPLE = table("people", ("id",), id="integer", name="text")
RESIDENTS = table("residents", ("city_id", "person_id"), city_id="integer", person_id="integer")
CAPITALS = table("capitals", ("country_id",), country_id="integer", city_id="integer")
BIG_CITIES = Table(
    public("big_cities"),
    {name: Column(name, "text", "text") for name in ("id", "name", "country")},
    ("id",),
    is_view=True,
    insertable=False,
    updatable=False,
    deletable=False,
)
TABLES = {one.name: one for one in (COUNTRIES, CITIES, PEOPLE, RESIDENTS, CAPITALS, BIG_CITIES)}
KEYS = {one.name: one.key for one in TABLES.values()}


def key(
    source: str, target: str, name: str, column: str, referenced: str = "id", *, unique: bool = False
) -> ForeignKey:
    return ForeignKey(public(source), public(target), name, ((column, referenced),), unique)


FOREIGN_KEYS = [
    key("cities", "countries", "cities_country", "country_id"),
    key("cities", "cities", "cities_twin", "twin_id"),
    key("residents", "cities", "residents_city", "city_id"),
    key("residents", "people", "residents_person", "person_id"),
    key("capitals", "countries", "capitals_country", "country_id", unique=True),
    key("capitals", "cities", "capitals_city", "city_id"),
]
VIEWS = [
    ViewColumns(
        public("big_cities"),
        {
            (public("cities"), "id"): ("id",),
            (public("cities"), "name"): ("name",),
            (public("cities"), "country_id"): ("country",),
        },
    )
]
MAYORS = ComputedRelationship(public("mayor"), public("cities"), public("people"), to_one=True)


def function(name: str, *parameters: Parameter, returns: Returns, volatility: str = "s", columns=()) -> Function:
    return Function(public(name), parameters, returns, volatility, tuple(columns))


def parameter(name: str, kind: str = "integer", *, required: bool = True, variadic: bool = False) -> Parameter:
    return Parameter(name, kind, kind, required, variadic)


INTEGER = Returns(Name("pg_catalog", "int4"))
FUNCTIONS = [
    function("add", parameter("a"), parameter("b", required=False), returns=INTEGER, volatility="i"),
    function("join", parameter("words", "text[]", variadic=True), returns=Returns(Name("pg_catalog", "text"))),
    function("cities_of", parameter("country"), returns=Returns(public("cities"), many=True, composite=True)),
    function("pair", returns=Returns(Name("pg_catalog", "record"), many=True, composite=True), columns=("x", "y")),
    function("forget", returns=Returns(Name("pg_catalog", "void")), volatility="v"),
    function("take", parameter("", "json"), returns=Returns(Name("pg_catalog", "json")), volatility="v"),
    function("store", parameter("", "bytea"), returns=Returns(Name("pg_catalog", "bytea")), volatility="v"),
    function("numbers", returns=Returns(Name("pg_catalog", "int4"), many=True)),
    function("twice", parameter("a"), returns=INTEGER),
    function("twice", parameter("a", "text"), returns=INTEGER),
]


def by_name() -> dict[Name, tuple[Function, ...]]:
    names = dict.fromkeys(one.name for one in FUNCTIONS)
    return {name: tuple(one for one in FUNCTIONS if one.name == name) for name in names}


CACHE = SchemaCache(
    tables=TABLES,
    functions=by_name(),
    relationships=build_relationships(FOREIGN_KEYS, VIEWS, {**KEYS, **view_keys(VIEWS, KEYS)}, [MAYORS]),
    computed_fields={public("cities"): frozenset({"shout"})},
    media_handlers=(MediaHandler(public("as_svg"), public("cities"), "image/svg+xml", "image/svg+xml"),),
    types=frozenset({"int4", "int8", "text", "date", "uuid", "mood"}),
    timezones=frozenset({"Europe/Rome"}),
)
