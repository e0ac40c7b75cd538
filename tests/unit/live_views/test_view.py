"""A live view's declaration and the names of its topics."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from millstream.live_views import LiveView, reads
from millstream.live_views.errors import LiveViewInvalid
from millstream.live_views.view import name_in

ORGANISATION = "00000000-0000-0000-0000-00000000abcd"


def view(**given: Any) -> LiveView:
    plain: dict[str, Any] = {
        "name": "sales",
        "parameters": {"organisation_id": UUID, "day": date},
        "query": "select 1 where %(organisation_id)s is not null",
        "may_watch": "true",
        "reads": [reads("orders")],
    }
    return LiveView(**plain | given)


def test_a_table_is_of_the_schema_public_unless_it_says_otherwise() -> None:
    assert (reads("orders").schema, reads("auth.memberships").schema) == ("public", "auth")
    assert reads("orders", organisation_id="seller").columns == {"organisation_id": "seller"}


def test_parameters_are_typed_and_numbered_and_only_those_that_are_named_are_given() -> None:
    key = (ORGANISATION, "2026-03-01")
    assert view().bind("%(day)s > $$100%$$ and %(organisation_id)s = %(day)s", key) == (
        "$1::date > $$100%$$ and $2::uuid = $1::date",
        ("2026-03-01", ORGANISATION),
    )
    assert view().bind("%(organisation_id)s", key) == ("$1::uuid", (ORGANISATION,))
    assert view().bind("true", key) == ("true", ())


def test_a_topic_names_the_view_and_its_key() -> None:
    topic = f"view:sales:{ORGANISATION}:2026-03-01"
    assert view().parse_key(topic) == (ORGANISATION, "2026-03-01")
    assert view().topic((ORGANISATION, "2026-03-01")) == topic
    assert (name_in(topic), name_in("view:all"), name_in("room:sales")) == ("sales", "all", None)


@pytest.mark.parametrize(
    "topic",
    [
        "view:sales",
        f"view:sales:{ORGANISATION}",
        f"view:sales:{ORGANISATION}:2026-03-01:more",
        f"view:sales:{ORGANISATION.upper()}:2026-03-01",
        f"view:sales:{{{ORGANISATION}}}:2026-03-01",
        f"view:sales:{ORGANISATION}:20260301",
        f"view:sales:{ORGANISATION}:2026-02-30",
        f"view:sales:{ORGANISATION}:2026%2D03-01",
        "view:sales::",
    ],
    ids=range(9),
)
def test_only_one_spelling_of_a_key_is_a_topic(topic: str) -> None:
    assert view().parse_key(topic) is None


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=200), max_size=3))
def test_every_text_can_be_part_of_a_key(values: list[str]) -> None:
    texts = view(parameters={f"p{n}": str for n in range(len(values))}, query="select 1")
    assert texts.parse_key(texts.topic(tuple(values))) == tuple(values)


@given(st.text())
def test_whatever_is_no_topic_of_the_view_is_refused_quietly(topic: str) -> None:
    key = view().parse_key(topic)
    assert key is None or view().topic(key) == topic


def test_values_that_postgresql_cannot_hold_are_no_key() -> None:
    texts = view(parameters={"word": str}, query="select 1")
    assert texts.parse_key("view:sales:%00") is None
    assert texts.parse_key("view:sales:" + "x" * 201) is None
    assert texts.parse_key("view:sales:%FF") is None


@pytest.mark.parametrize(
    ("given", "complaint"),
    [
        ({"name": "Sales"}, "identifier"),
        ({"refresh_seconds": 0.5}, "once a second"),
        ({"settle_seconds": 0}, "up to 60 seconds"),
        ({"settle_seconds": 61}, "up to 60 seconds"),
        ({"parameters": {"organisation_id": UUID, "day": bytes}}, "'day' is of none"),
        ({"query": "select %(month)s"}, "no parameter 'month'"),
        ({"may_watch": "%(month)s"}, "no parameter 'month'"),
        ({"reads": [reads("orders", month="month")]}, "no parameter 'month'"),
        ({"rights": [reads("orders", month="month")]}, "no parameter 'month'"),
    ],
    ids=["name", "refresh", "settle", "settle-long", "type", "query", "may_watch", "reads", "rights"],
)
def test_a_declaration_that_cannot_work_is_refused(given: dict[str, Any], complaint: str) -> None:
    with pytest.raises(LiveViewInvalid, match=complaint):
        view(**given)
