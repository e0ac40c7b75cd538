"""Clients without a join config get changes under their own event, bare."""

from __future__ import annotations

import json

from millstream.phoenix.serializer_legacy import LEGACY

DATA = b'{"type":"INSERT","record":{"id":1}}'


def test_the_event_is_the_kind_of_change():
    one = json.loads(LEGACY["1.0.0"].encode_postgres_changes("realtime:public:t", [7], DATA))
    assert one == {"topic": "realtime:public:t", "event": "INSERT", "payload": json.loads(DATA), "ref": None}
    two = json.loads(LEGACY["2.0.0"].encode_postgres_changes("realtime:public:t", [7], DATA))
    assert two == [None, None, "realtime:public:t", "INSERT", json.loads(DATA)]


def test_everything_else_is_as_in_the_serializer_that_they_speak():
    assert LEGACY["2.0.0"].encode_reply("t", "1", "2", "ok", b"{}").startswith(b'["1","2"')
