"""Disconnect codes are a published contract."""

from __future__ import annotations

from millstream.pubsub import BrokerLocal, disconnect


def test_codes_are_distinct_and_say_whether_to_come_back():
    assert len({each.code for each in disconnect.ALL}) == len(disconnect.ALL)
    named = {value for name, value in vars(disconnect).items() if isinstance(value, disconnect.Disconnect)}
    assert named == set(disconnect.ALL)
    for each in disconnect.ALL:
        assert len(each.reason.encode()) <= 123
        if each.code >= 4000:
            assert each.reconnect is (each.code < 4500)


def test_the_local_broker_has_nobody_to_tell():
    broker = BrokerLocal()
    assert not broker.has_peers
    broker.listen(print)
    broker.publish("x", b"y")
