"""What a snapshot is known to hold: never a transaction that it does not show, whatever the order of events."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from millstream.change import Lsn
from millstream.rest.transaction.snapshot_lsn import SnapshotHorizon, parse_snapshot


def test_at_rest_the_position_itself_is_known():
    assert SnapshotHorizon().lsn_of(Lsn(100), next_xid=7, xmin=7) == 99


def test_while_something_is_being_written_an_earlier_position_is_known():
    horizon = SnapshotHorizon()
    assert horizon.lsn_of(Lsn(100), next_xid=8, xmin=7) is None
    assert horizon.lsn_of(Lsn(200), next_xid=9, xmin=8) == 99
    assert horizon.lsn_of(Lsn(300), next_xid=9, xmin=9) == 299


def test_an_older_snapshot_is_promised_nothing_of_a_newer_one():
    horizon = SnapshotHorizon()
    assert horizon.lsn_of(Lsn(300), next_xid=9, xmin=9) == 299
    assert horizon.lsn_of(Lsn(310), next_xid=9, xmin=5) is None


def test_a_lost_connection_forgets_everything():
    horizon = SnapshotHorizon()
    horizon.lsn_of(Lsn(300), next_xid=9, xmin=9)
    horizon.forget()
    assert horizon.lsn_of(Lsn(400), next_xid=12, xmin=11) is None


def test_the_snapshot_is_read_from_its_text():
    assert parse_snapshot(b"750 0") == (750, 750)
    assert parse_snapshot(b"750 3") == (750, 753)


EVENTS = st.lists(st.sampled_from(["begin", "record", "end", "read"]), max_size=60)


@given(EVENTS, st.randoms(use_true_random=False))
def test_every_transaction_at_or_before_the_position_is_visible(events, random):
    """A model of PostgreSQL: ids are given, commit records are written, and only then transactions become visible."""
    horizon, position, next_xid = SnapshotHorizon(), 10, 3
    begun: dict[int, int | None] = {}
    visible: dict[int, int] = {}
    for event in events:
        position += 1
        if event == "begin":
            begun[next_xid] = None
            next_xid += 1
        elif event == "record" and (open_ := [xid for xid, at in begun.items() if at is None]):
            begun[random.choice(open_)] = position
            position += 5
        elif event == "end" and (written := [xid for xid, at in begun.items() if at is not None]):
            xid = random.choice(written)
            visible[xid] = begun.pop(xid)
        elif event == "read":
            known = horizon.lsn_of(Lsn(position), next_xid, xmin=min(begun, default=next_xid))
            hidden = [at for at in begun.values() if at is not None]
            assert known is None or all(at > known for at in hidden)
