"""A join's payload is read leniently, and never raises."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from millstream.phoenix.join_config import JoinConfig, parse_join

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "config",
                    "broadcast",
                    "presence",
                    "postgres_changes",
                    "ack",
                    "replay",
                    "key",
                    "enabled",
                    "wait",
                    "timeout",
                ]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=20,
)


@given(JSON)
def test_no_payload_raises(payload):
    assert isinstance(parse_join("room", payload), JoinConfig)


def test_everything_a_client_may_ask_for():
    binding = {"event": "*", "schema": "public", "table": "orders"}
    config = parse_join(
        "room",
        {
            "access_token": "a.b.c",
            "config": {
                "private": True,
                "broadcast": {"ack": True, "self": "TRUE", "replay": {"since": 1, "limit": 2}, "replication_ready": 0},
                "presence": {"key": "me", "enabled": "true"},
                "postgres_changes": [binding, None],
                "postgres_changes_options": {"wait": True, "timeout": 60_000},
            },
        },
    )
    assert config == JoinConfig(
        access_token="a.b.c",
        private=True,
        broadcast_ack=True,
        broadcast_self=True,
        replay={"since": 1, "limit": 2},
        presence_enabled=True,
        presence_key="me",
        postgres_changes=(binding,),
        wait_ms=20_000,
        invalid=("replication_ready",),
    )


@pytest.mark.parametrize(("value", "meant"), [("true", True), ("True", True), ("FALSE", False), (True, True)])
def test_booleans_may_be_strings_in_any_case(value, meant):
    config = parse_join("room", {"config": {"private": value}})
    assert config.private is meant
    assert config.invalid == ()


@pytest.mark.parametrize("value", ["yes", 1, [], {}])
def test_what_is_no_boolean_counts_as_absent_and_is_named(value):
    config = parse_join("room", {"config": {"private": value}})
    assert config.private is False
    assert config.invalid == ("private",)


def test_null_bindings_are_removed_without_a_word():
    config = parse_join("room", {"config": {"postgres_changes": [None, {"event": "*"}, None]}})
    assert config.postgres_changes == ({"event": "*"},)
    assert config.invalid == ()


@pytest.mark.parametrize("value", ["all", [{"event": "*"}, 3]])
def test_bindings_of_a_wrong_type_are_named(value):
    assert parse_join("room", {"config": {"postgres_changes": value}}).invalid == ("config.postgres_changes",)


def test_an_opaque_key_is_no_access_token():
    config = parse_join("room", {"access_token": "sb_publishable_x", "user_token": "a.b.c", "config": {}})
    assert config.access_token == "a.b.c"


@pytest.mark.parametrize(
    ("sub_topic", "binding"),
    [
        ("public", {"event": "*", "schema": "public"}),
        ("public:orders", {"event": "*", "schema": "public", "table": "orders"}),
        ("public:orders:id=eq.1:2", {"event": "*", "schema": "public", "table": "orders", "filter": "id=eq.1:2"}),
    ],
)
def test_without_config_the_topic_says_what_to_follow(sub_topic, binding):
    config = parse_join(sub_topic, {})
    assert config.legacy
    assert config.postgres_changes == (binding,)


@pytest.mark.parametrize(("options", "wait_ms"), [({"wait": True}, 15_000), ({"wait": False}, None), ({}, None)])
def test_waiting_has_a_default(options, wait_ms):
    assert parse_join("room", {"config": {"postgres_changes_options": options}}).wait_ms == wait_ms


def test_a_senseless_timeout_is_named_and_replaced():
    config = parse_join("room", {"config": {"postgres_changes_options": {"wait": True, "timeout": -1}}})
    assert config.wait_ms == 15_000
    assert config.invalid == ("config.postgres_changes_options.timeout",)
