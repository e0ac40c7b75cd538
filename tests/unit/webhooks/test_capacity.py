"""A fair share for every endpoint, and no more than its rate and slots."""

from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from millstream.webhooks.delivery.capacity import Capacity

IDS = [UUID(int=number) for number in range(8)]
WANTED = st.dictionaries(st.sampled_from(IDS), st.integers(0, 50))


@given(WANTED, st.integers(0, 100), st.integers(1, 100))
def test_shares_fill_what_is_left_and_no_more(wanted, most, batch):
    shares = Capacity(most).share(wanted, batch)
    assert sum(shares.values()) == min(sum(wanted.values()), most, batch)
    assert all(0 < number <= wanted[one] for one, number in shares.items())


@given(st.integers(1, 8), st.integers(8, 64))
def test_nobody_takes_what_others_want(greedy, slots):
    wanted = dict.fromkeys(IDS, 1000)
    shares = Capacity(slots).share(wanted, slots)
    assert max(shares.values()) - min(shares.values()) <= 1 + slots % len(IDS)


def test_when_there_are_fewer_slots_than_endpoints_they_take_turns():
    capacity, served = Capacity(1), set()
    for _ in IDS:
        served |= set(capacity.share(dict.fromkeys(IDS, 5), 10))
    assert served == set(IDS)


def test_a_rate_is_kept_and_a_second_is_the_most_in_stock():
    capacity = Capacity(100)
    one = IDS[0]
    assert capacity.by_rate(one, 5, now=0) == 5
    for _ in range(5):
        capacity.begin(one)
    assert capacity.by_rate(one, 5, now=0) == 0
    assert capacity.by_rate(one, 5, now=0.5) == 2
    assert capacity.by_rate(one, 5, now=100) == 5
    assert capacity.by_rate(one, None, now=100) is None
    assert capacity.by_rate(one, 0.5, now=101) == 1


def test_what_ended_makes_room():
    capacity = Capacity(2)
    capacity.begin(IDS[0])
    assert (capacity.under_way, capacity.of(IDS[0]), capacity.of(IDS[1])) == (1, 1, 0)
    assert capacity.share({IDS[0]: 5}, 10) == {IDS[0]: 1}
    capacity.end(IDS[0])
    assert capacity.under_way == 0
