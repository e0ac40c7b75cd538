"""Asks the data API at random for a fixed time: `make fuzz`, `make fuzz SECONDS=600`. Not part of `make test`.

Requests are drawn as in test_any_request, and some of them torn by random text. None may give a 5xx, make PostgreSQL
see broken SQL, or hold an answer back. A failure is shrunk and printed with the seed that leads to it.
"""

from __future__ import annotations

import asyncio
import secrets
import sys
import time

import pytest
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

from tests.fixtures.data_api import DataApiServer, data_api
from tests.fixtures.postgres import Cluster
from tests.postgres.rest.test_any_request import ACCEPTED, BODIES, PREFERENCES, SCHEMA, TARGETS, is_sound, queries

EXAMPLES_OF_A_BATCH = 200
ANSWER_SECONDS = 10
TEARS = st.text(st.sampled_from("(){}[],.:\"\\!*->&=%;'$0anot "), max_size=6)
METHODS = st.sampled_from(["GET", "GET", "GET", "HEAD", "POST", "PATCH", "PUT", "DELETE"])
CALLS = queries("books").map(lambda query: f"/rpc/books_of?author=1&{query}")


@st.composite
def torn(draw: st.DrawFn) -> str:
    """A request's target, now and then with something put in the middle of it."""
    path, _, query = draw(TARGETS | CALLS).partition("?")
    if draw(st.booleans()):
        return f"{path}?{query}"
    at = draw(st.integers(0, len(query)))
    return f"{path}?{query[:at]}{draw(TEARS)}{query[at:]}"


@pytest.mark.timeout(0)
async def test_any_request_is_answered_or_refused_for_as_long_as_asked(cluster: Cluster, fuzz_seconds: float) -> None:
    with cluster.new_database() as database:
        database.run_as_server(SCHEMA)
        async with data_api(database, tx_end="rollback", max_rows=100) as api:
            ends, asked, loop = time.monotonic() + fuzz_seconds, 0, asyncio.get_running_loop()
            while time.monotonic() < ends:
                asked += await asyncio.to_thread(ask_at_random, api, loop, secrets.randbits(48))
    sys.stdout.write(f"{asked} requests in {fuzz_seconds:g} s, each answered or refused\n")


def ask_at_random(api: DataApiServer, loop: asyncio.AbstractEventLoop, number: int) -> int:
    """Ask a batch of requests that the seed decides; return how many."""
    asked = 0

    @seed(number)
    @settings(max_examples=EXAMPLES_OF_A_BATCH, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(method=METHODS, target=torn(), body=BODIES, prefer=PREFERENCES, accept=ACCEPTED)
    def ask(method: str, target: str, body: bytes, prefer: str, accept: str) -> None:
        nonlocal asked
        asked += 1
        content = None if method in {"GET", "HEAD"} else body
        asking = api.ask(method, target, content, prefer=prefer, accept=accept)
        answer = asyncio.run_coroutine_threadsafe(asking, loop).result(ANSWER_SECONDS)
        assert method == "HEAD" or is_sound(answer), (number, method, target, body, prefer, accept, answer)
        assert answer.status < 500, (number, method, target, prefer, accept)

    ask()
    return asked
