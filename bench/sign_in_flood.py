"""Offers sign-ins at a steady rate, from a process of its own, for `bench.sign_in`.

Usage: python -m bench.sign_in_flood URL PER_SECOND SECONDS. Each is for another unknown address, which costs a hash as
any other. Prints how many answers had which status, and their times, as one JSON object.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections import Counter, defaultdict

import aiohttp
import uvloop

MOST_WAITING = 2_000


async def flood(url: str, *, per_second: float, seconds: float) -> dict[str, object]:
    statuses: Counter[int] = Counter()
    took: dict[int, list[float]] = defaultdict(list)
    late = 0.0

    async def attempt(http: aiohttp.ClientSession, number: int) -> None:
        body = {"email": f"p{number}@example.org", "password": "wrong password"}
        began = time.perf_counter()
        async with http.post(f"{url}/auth/v1/token?grant_type=password", json=body) as answer:
            await answer.read()
        statuses[answer.status] += 1
        took[answer.status].append(time.perf_counter() - began)

    connector = aiohttp.TCPConnector(limit=MOST_WAITING)
    async with aiohttp.ClientSession(connector=connector) as http, asyncio.TaskGroup() as tasks:
        begun = time.perf_counter()
        for number in range(int(per_second * seconds)):
            due = begun + number / per_second
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            late = max(late, time.perf_counter() - due)
            tasks.create_task(attempt(http, number))
    return {
        "offered": sum(statuses.values()),
        "statuses": {str(status): statuses[status] for status in sorted(statuses)},
        "median_ms": {str(status): sorted(times)[len(times) // 2] * 1e3 for status, times in sorted(took.items())},
        "offered_late_ms": late * 1e3,
    }


if __name__ == "__main__":
    where, rate, length = sys.argv[1:]
    print(json.dumps(uvloop.run(flood(where, per_second=float(rate), seconds=float(length)))))
