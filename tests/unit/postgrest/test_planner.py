"""Plans and their SQL: what is read, written and called, and which names are refused before there is any SQL."""

from __future__ import annotations

import contextlib
import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from millstream.postgrest.errors import (
    AggregatesDisabled,
    DialectError,
    EmbedFilterInvalid,
    MaxAffectedOnScalar,
    MediaTypeUnavailable,
    NotEmbedded,
    PreferencesInvalid,
    PutFiltersInvalid,
    PutLimited,
    RelatedOrderNotToOne,
)
from millstream.postgrest.hints import (
    ColumnNotFound,
    FunctionAmbiguous,
    FunctionNotFound,
    RelationshipAmbiguous,
    RelationshipNotFound,
    TableNotFound,
)
from millstream.postgrest.planner import PlannerSettings
from millstream.postgrest.schema.relationships import build_relationships
from millstream.postgrest.undefined import ColumnUndefined, TypeUndefined
from tests.unit.postgrest.asking import ask
from tests.unit.postgrest.schemas import CACHE, FOREIGN_KEYS, KEYS, key

REPRESENTATION = "return=representation"


def rows_of(sql: str) -> str:
    """Return the part of a statement that reads the rows."""
    return sql.partition(" FROM (")[2].rpartition(') AS "~result"')[0]


@pytest.mark.parametrize(
    ("query", "rows"),
    [
        ("select=id,name", 'SELECT "~1"."id", "~1"."name" FROM "public"."cities" AS "~1"'),
        ("select=n:name", 'SELECT "~1"."name" AS "n" FROM "public"."cities" AS "~1"'),
        ("select=id::text", 'SELECT CAST("~1"."id" AS "text") AS "id" FROM "public"."cities" AS "~1"'),
        ("select=id::int", 'SELECT CAST("~1"."id" AS int) AS "id" FROM "public"."cities" AS "~1"'),
        ("select=info->a->>0", 'SELECT "~1"."info"->$1->>$2::int AS "a" FROM "public"."cities" AS "~1"'),
        ("select=place->x", 'SELECT to_jsonb("~1"."place")->$1 AS "x" FROM "public"."cities" AS "~1"'),
        ("select=shout", 'SELECT "~1"."shout" FROM "public"."cities" AS "~1"'),
        ("id=eq.1", 'SELECT "~1".* FROM "public"."cities" AS "~1" WHERE "~1"."id" = $1'),
        ("id=not.in.(1,2)", 'SELECT "~1".* FROM "public"."cities" AS "~1" WHERE NOT "~1"."id" = ANY ($1)'),
        ("id=is.not_null", 'SELECT "~1".* FROM "public"."cities" AS "~1" WHERE "~1"."id" IS NOT NULL'),
        ("id=eq(any).{1}", 'SELECT "~1".* FROM "public"."cities" AS "~1" WHERE "~1"."id" = ANY ($1)'),
        ("document=fts.a", 'SELECT "~1".* FROM "public"."cities" AS "~1" WHERE "~1"."document" @@ to_tsquery($1)'),
        (
            "name=wfts(english).a",
            (
                'SELECT "~1".* FROM "public"."cities" AS "~1"'
                ' WHERE to_tsvector($1, "~1"."name") @@ websearch_to_tsquery($2, $3)'
            ),
        ),
        (
            "or=(id.eq.1,not.and(id.gt.2,name.is.null))",
            (
                'SELECT "~1".* FROM "public"."cities" AS "~1"'
                ' WHERE ("~1"."id" = $1 OR NOT ("~1"."id" > $2 AND "~1"."name" IS NULL))'
            ),
        ),
        (
            "order=name.desc.nullslast,id&limit=3&offset=2",
            (
                'SELECT "~1".* FROM "public"."cities" AS "~1"'
                ' ORDER BY "~1"."name" DESC NULLS LAST, "~1"."id" LIMIT $1 OFFSET $2'
            ),
        ),
        (
            "select=population.sum(),country_id",
            'SELECT SUM("~1"."population") AS "sum", "~1"."country_id" FROM "public"."cities" AS "~1" GROUP BY 2',
        ),
        ("select=count()", 'SELECT COUNT(1) AS "count" FROM "public"."cities" AS "~1"'),
    ],
)
def test_reads_of_one_relation(query, rows):
    assert rows_of(ask(f"/cities?{query}").sql) == rows


@pytest.mark.parametrize(
    ("query", "parts"),
    [
        (
            "select=name,countries(name)",
            ['row_to_json("~2".*) AS "countries"', "LEFT JOIN LATERAL", '"~1"."country_id" = "~3"."id"'],
        ),
        ("select=name,c:countries!inner(name)", ['AS "c"', "INNER JOIN LATERAL"]),
        ("select=name,countries!cities_country(name)", ['"~1"."country_id" = "~3"."id"']),
        ("select=name,country_id(name)", ['row_to_json("~2".*) AS "country_id"']),
        ("select=name,people(name)", ['"public"."residents"', "json_agg", "'[]'"]),
        ("select=name,people!residents(name)", ['"public"."residents"']),
        ("select=name,twin_id(name)", ['row_to_json("~2".*) AS "twin_id"', '"~1"."twin_id" = "~3"."id"']),
        ("select=name,twins:cities!twin_id(name)", ['"~1"."id" = "~3"."twin_id"', "json_agg"]),
        ("select=name,mayor(name)", ['"public"."mayor"("~1"::"public"."cities")']),
        ("select=name,...countries(country:name)", ['"~2"."country"', '"~3"."name" AS "country"']),
        ("select=name,...people(name)", ["COALESCE(json_agg("]),
        ("select=country_id,...people(id.count())", ['COUNT("~2"."count") AS "count"', "GROUP BY 1"]),
        ("select=name,people()&people=is.null", ["IS NULL"]),
        ("select=name,countries()&countries=not.is.null", ['"~2" IS NOT NULL']),
        ("select=name,countries(name)&order=countries(name).desc", ['ORDER BY "~2"."name" DESC']),
        ("select=name,people(name)&people.order=name&people.limit=1", ['ORDER BY "~3"."name" LIMIT $1']),
        ("select=name,capitals(country_id)", ["json_agg"]),
    ],
)
def test_embeds_become_lateral_joins(query, parts):
    sql = ask(f"/cities?{query}").sql
    for part in parts:
        assert part in sql


def test_one_to_one_is_an_object_from_both_ends():
    assert "row_to_json" in ask("/countries?select=name,capitals(city_id)").sql
    assert "row_to_json" in ask("/capitals?select=city_id,countries(name)").sql


def test_views_embed_by_the_keys_that_they_show():
    assert '"~1"."country" = "~3"."id"' in ask("/big_cities?select=name,countries(name)").sql


@pytest.mark.parametrize(
    ("target", "error"),
    [
        ("/citiez", TableNotFound),
        ("/cities?select=nam", ColumnUndefined),
        ("/cities?nam=eq.1", ColumnUndefined),
        ("/cities?order=nam", ColumnUndefined),
        ("/cities?select=countries(nam)", ColumnUndefined),
        ("/cities?select=countries(id)&order=countries(name)", ColumnUndefined),
        ("/cities?select=id::moody", TypeUndefined),
        ("/cities?select=id,nobody(id)", RelationshipNotFound),
        ("/cities?select=id,countries!nohint(id)", RelationshipNotFound),
        ("/countries?select=id,cities(id)", None),
        ("/cities?countries.id=eq.1", NotEmbedded),
        ("/cities?order=countries(id)", NotEmbedded),
        ("/cities?select=id,people(id)&order=people(id)", RelatedOrderNotToOne),
        ("/cities?select=id,people(id)&people=eq.1", EmbedFilterInvalid),
        ("/rpc/ad?a=1", FunctionNotFound),
        ("/rpc/add?b=1", FunctionNotFound),
        ("/rpc/add?a=1&c=1", FunctionNotFound),
        ("/rpc/twice?a=1", FunctionAmbiguous),
    ],
)
def test_what_the_schema_does_not_have_is_refused(target, error):
    if error is None:
        ask(target)
        return
    with pytest.raises(error):
        ask(target)


def test_an_ambiguous_embed_lists_the_choices():
    extra = key("cities", "countries", "cities_birthplace", "population")
    relationships = build_relationships([*FOREIGN_KEYS, extra], [], KEYS)
    with pytest.raises(RelationshipAmbiguous) as refused:
        ask("/cities?select=countries(*)", cache=replace(CACHE, relationships=relationships))
    body = refused.value.body()
    assert body["details"][0] == {
        "cardinality": "many-to-one",
        "relationship": "cities_birthplace using cities(population) and countries(id)",
        "embedding": "cities with countries",
    }
    assert "'countries!cities_birthplace', 'countries!cities_country'" in body["hint"]


def test_a_path_means_the_embed_of_that_alias_or_the_first_of_that_relation():
    asked = ask("/countries?select=a:cities(id),b:cities(id)&b.id=eq.2&cities.id=eq.1")
    assert asked.parameters == ("1", "2")


def test_hints_offer_the_nearest_name():
    with pytest.raises(TableNotFound) as table:
        ask("/citie")
    assert table.value.hint == "Perhaps you meant the table 'public.cities'"
    with pytest.raises(FunctionNotFound) as function:
        ask("/rpc/ad?a=1")
    assert function.value.hint is None
    with pytest.raises(FunctionNotFound) as arguments:
        ask("/rpc/add?a=1&c=2")
    assert arguments.value.hint == "Perhaps you meant to call the function public.add(a, b)"
    with pytest.raises(RelationshipNotFound) as relationship:
        ask("/cities?select=country(name)")
    assert relationship.value.hint == "Perhaps you meant 'countries' instead of 'country'."


def test_inserts_take_the_body_as_one_parameter():
    asked = ask("/people", "POST", b'{"id": 1, "name": "Ada"}', prefer=REPRESENTATION)
    assert 'INSERT INTO "public"."people"("id", "name") SELECT "~body"."id", "~body"."name"' in asked.sql
    assert 'json_to_record($1::json) AS _("id" integer, "name" text)' in asked.sql
    assert asked.parameters == (b'{"id": 1, "name": "Ada"}',)
    assert not asked.plan.read_only
    bulk = ask("/people?columns=id", "POST", b'[{"id": 1}]')
    assert "json_to_recordset" in bulk.sql
    assert 'RETURNING 1 AS "~"' in bulk.sql
    assert "SELECT FROM" in bulk.sql
    assert "json_array_elements" in ask("/people", "POST", b"[{}, {}]").sql


def test_missing_columns_get_their_defaults_when_asked():
    asked = ask("/people?columns=id,name", "POST", b"[{}]", prefer="missing=default")
    assert "jsonb_build_object()" in asked.sql
    assert "jsonb_to_recordset" in asked.sql


def test_upserts_name_the_key_or_what_the_client_names():
    merge = ask("/people", "POST", b'{"id": 1}', prefer="resolution=merge-duplicates")
    assert 'ON CONFLICT ("id") DO UPDATE SET "id" = EXCLUDED."id"' in merge.sql
    ignore = ask("/people?on_conflict=name", "POST", b'{"id": 1}', prefer="resolution=ignore-duplicates")
    assert 'ON CONFLICT ("name") DO NOTHING' in ignore.sql
    with pytest.raises(ColumnNotFound):
        ask("/people?on_conflict=nick", "POST", b'{"id": 1}', prefer="resolution=merge-duplicates")


def test_put_names_exactly_the_key():
    asked = ask("/people?id=eq.1", "PUT", b'{"id": 1, "name": "Ada"}')
    assert 'WHERE "~body"."id" = $2' in asked.sql
    assert "count(*) <> 1" in asked.sql
    for target in ("/people?name=eq.a", "/people", "/people?id=gt.1", "/people?id=eq.1&or=(id.eq.1,id.eq.2)"):
        with pytest.raises(PutFiltersInvalid):
            ask(target, "PUT", b'{"id": 1}')
    with pytest.raises(PutLimited):
        ask("/people?id=eq.1&limit=1", "PUT", b'{"id": 1}')


def test_updates_and_deletes_are_filtered():
    update = ask("/cities?id=eq.1&or=(name.eq.a,name.eq.b)", "PATCH", b'{"name": "c"}', prefer=REPRESENTATION)
    assert 'UPDATE "public"."cities" SET "name" = "~body"."name"' in update.sql
    assert 'WHERE "public"."cities"."id" = $2 AND ("public"."cities"."name" = $3 OR' in update.sql
    assert "WHERE false" in ask("/cities", "PATCH", b"{}").sql
    delete = ask("/cities?select=id,countries(name)&id=eq.1", "DELETE", prefer=REPRESENTATION)
    assert 'RETURNING "public"."cities"."id", "public"."cities"."country_id"' in delete.sql
    with pytest.raises(ColumnNotFound):
        ask("/cities", "PATCH", b'{"nick": 1}')


def test_the_number_of_changed_rows_is_guarded_inside_the_statement():
    limited = ask("/cities?id=gt.1", "DELETE", prefer="handling=strict, max-affected=3")
    assert "CASE WHEN count(*) > 3 THEN" in limited.sql
    assert "CASE WHEN" not in ask("/cities?id=gt.1", "DELETE", prefer="max-affected=3").sql
    single = ask("/cities", "POST", b'{"id": 1}', prefer=REPRESENTATION, accept="application/vnd.pgrst.object+json")
    assert "CASE WHEN count(*) <> 1 THEN" in single.sql


def test_functions_are_called_by_the_names_of_their_arguments():
    assert '"public"."add"("a" := $1::integer, "b" := $2::integer)' in ask("/rpc/add?a=1&b=2").sql
    posted = ask("/rpc/add", "POST", b'{"a": 1}')
    assert '"public"."add"("a" := "~body"."a")' in posted.sql
    assert posted.plan.read_only
    variadic = ask("/rpc/join?words=a&words=b")
    assert 'VARIADIC "words" := $1::text[]' in variadic.sql
    assert variadic.parameters == ('{"a","b"}',)
    assert ask("/rpc/add?a=1&a=2").parameters == ("2",)


def test_functions_that_return_rows_are_filtered_and_embed():
    asked = ask("/rpc/cities_of?country=1&select=name,countries(name)&name=eq.Rome&order=name")
    assert '"public"."cities_of"("country" := $1::integer) AS "~call"' in asked.sql
    assert "row_to_json" in asked.sql
    assert 'SELECT "~1"."x" FROM "pgrst_source" AS "~1"' in ask("/rpc/pair?select=x").sql
    with pytest.raises(ColumnUndefined):
        ask("/rpc/pair?select=z")


def test_one_unnamed_parameter_takes_the_whole_body():
    asked = ask("/rpc/take", "POST", b'{"any": 1}')
    assert '"public"."take"($1::json)' in asked.sql
    assert asked.parameters == (b'{"any": 1}',)
    stored = ask(
        "/rpc/store", "POST", b"\x01", content_type="application/octet-stream", accept="application/octet-stream"
    )
    assert stored.parameters == ("\\x01",)
    assert stored.plan.body.is_binary
    with pytest.raises(FunctionNotFound) as refused:
        ask("/rpc/add", "POST", b"x", content_type="text/plain")
    assert refused.value.details.startswith("Searched for the function public.add with a single unnamed text parameter")


def test_a_volatile_call_is_not_dropped_because_nobody_reads_its_result():
    assert "AS MATERIALIZED" in ask("/rpc/forget", "POST").sql
    assert not ask("/rpc/forget", "POST").plan.read_only
    assert ask("/rpc/forget").plan.read_only


@pytest.mark.parametrize(
    ("target", "body"),
    [
        ("/cities", "coalesce(json_agg(\"~result\"), '[]')"),
        ("/rpc/add?a=1", 'coalesce(json_agg("~result"."pgrst_scalar")->0, \'null\')'),
        ("/rpc/numbers", 'coalesce(json_agg("~result"."pgrst_scalar"), \'[]\')'),
        ("/rpc/pair", "coalesce(json_agg(\"~result\"), '[]')"),
    ],
)
def test_the_body_has_the_shape_of_what_is_returned(target, body):
    assert f"{body} AS body" in ask(target).sql


def test_counts_are_made_beside_the_page():
    exact = ask("/cities?select=id,countries!inner(id)&countries.name=eq.x&limit=1", prefer="count=exact")
    counted = re.search(r'\(SELECT count\(\*\) FROM \((.*?)\) AS "~count"\)', exact.sql)
    assert counted is not None
    assert "EXISTS (SELECT 1" in counted[1]
    assert "LIMIT" not in counted[1]
    planned = ask("/cities", prefer="count=planned")
    assert planned.rendered.estimate.text.startswith("EXPLAIN (FORMAT JSON) SELECT 1")
    estimated = ask("/cities", prefer="count=estimated", settings=PlannerSettings(max_rows=10))
    assert "LIMIT 11" in estimated.sql
    assert ask("/rpc/cities_of?country=1", prefer="count=planned").rendered.estimate is not None


def test_the_row_limit_holds_for_every_level():
    asked = ask("/cities?select=id,people(id)&limit=50&people.limit=5", settings=PlannerSettings(max_rows=10))
    assert asked.parameters == ("5", "10")
    assert ask("/cities?limit=3", settings=PlannerSettings(max_rows=10)).parameters == ("3",)


def test_media_types_are_chosen_in_the_clients_order():
    assert ask("/cities", accept="text/csv, application/json").plan.body.shape == "csv"
    assert ask("/cities", accept="image/svg+xml").plan.body.shape == "custom"
    assert ask("/cities", accept="application/vnd.pgrst.object+json").plan.singular
    assert "json_strip_nulls" in ask("/cities", accept="application/vnd.pgrst.array+json;nulls=stripped").sql
    with pytest.raises(MediaTypeUnavailable):
        ask("/cities", accept="image/png")
    with pytest.raises(MediaTypeUnavailable):
        ask("/cities?select=id", accept="image/svg+xml")
    with pytest.raises(MediaTypeUnavailable):
        ask("/cities", accept="application/vnd.pgrst.plan")
    explained = ask(
        "/cities",
        accept="application/vnd.pgrst.plan+json; options=buffers",
        settings=PlannerSettings(plan_enabled=True),
    )
    assert explained.sql.startswith("EXPLAIN (FORMAT JSON, BUFFERS) SELECT")


def test_settings_and_strictness_refuse():
    with pytest.raises(AggregatesDisabled):
        ask("/cities?select=count()", settings=PlannerSettings(aggregates_enabled=False))
    with pytest.raises(PreferencesInvalid):
        ask("/cities", prefer="handling=strict, nonsense")
    with pytest.raises(MaxAffectedOnScalar):
        ask("/rpc/forget", "POST", prefer="handling=strict, max-affected=1")
    assert ask("/cities", prefer="nonsense").sql


NAMES = st.sampled_from(["cities", "countries", "people", "id", "name", "twin_id", "capitals", "mayor", "shout", "zz"])


@st.composite
def selections(draw, depth: int = 0) -> str:
    """Draw a select list of names that may or may not exist."""
    items = []
    for _ in range(draw(st.integers(1, 3))):
        name = draw(NAMES)
        if depth < 3 and draw(st.booleans()):
            head = draw(st.sampled_from(["", "...", "x:"])) + name + draw(st.sampled_from(["", "!inner", "!residents"]))
            items.append(f"{head}({draw(selections(depth + 1))})")
        else:
            items.append(name + draw(st.sampled_from(["", "::text", ".sum()", "->a->>0"])))
    return ",".join(items)


@given(st.sampled_from(["cities", "countries", "people", "big_cities"]), selections())
def test_any_selection_is_planned_or_refused(relation, selection):
    with contextlib.suppress(DialectError):
        asked = ask(f"/{relation}?select={selection}")
        assert asked.sql.count("(") == asked.sql.count(")")
        assert len(asked.parameters) == len(set(re.findall(r"\$\d+", asked.sql)))
