"""Receivers that many use: how an event reads there, and how large it may be."""

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from millstream.webhooks.delivery.presets import PRESETS, render_body
from millstream.webhooks.delivery.retry_schedule import parse_schedule

ENVELOPE = '{"type":"thing.made","timestamp":"2026-01-01T00:00:00.000Z","version":"1","data":{"id": 1}}'


@pytest.mark.parametrize("name", sorted(PRESETS))
def test_every_preset_can_be_followed(name):
    preset = PRESETS[name]
    parse_schedule(preset.retry)
    assert 100 <= preset.timeout_ms <= 60000
    assert 1 <= preset.max_in_flight <= 1000


@pytest.mark.parametrize("name", ["standard", "make", "n8n", "zapier"])
def test_most_receivers_get_the_body_byte_for_byte(name):
    assert render_body(name, ENVELOPE, "thing.made") == ENVELOPE.encode()


@pytest.mark.parametrize(("name", "field"), [("slack", "text"), ("discord", "content")])
def test_a_chat_gets_a_sentence(name, field):
    said = orjson.loads(render_body(name, ENVELOPE, "thing.made"))
    assert list(said) == [field]
    assert said[field].startswith("thing.made at 2026-01-01T00:00:00.000Z\n```\n{")
    assert said[field].endswith("\n```")


@given(st.text(max_size=4000))
def test_no_sentence_is_longer_than_a_chat_takes(text):
    body = orjson.dumps({"type": "a", "timestamp": "now", "data": {"text": text}}).decode()
    assert len(orjson.loads(render_body("discord", body, "a"))["content"]) <= 2000


def test_a_body_that_is_too_large_goes_without_its_data():
    large = orjson.dumps({"type": "a.b", "version": "1", "data": {"text": "x" * (5 << 20)}}).decode()
    thin = orjson.loads(render_body("make", large, "a.b"))
    assert thin == {"type": "a.b", "version": "1", "data": {"truncated": True, "bytes": len(large)}}
    assert render_body("n8n", large, "a.b") == large.encode()
