"""Commits the changes of the webhook benchmark at a fixed rate, in a process of its own, as an application would.

Usage: python -m bench.webhook_writer CONNECTION_STRING PER_SECOND SECONDS ENDPOINTS.
"""

from __future__ import annotations

import sys
import time

import psycopg

FIRST = 10_000_000


def main() -> None:
    url, rate, seconds, endpoints = sys.argv[1], *map(int, sys.argv[2:5])
    with psycopg.connect(url, autocommit=True) as connection:
        begun = time.perf_counter()
        for number in range(rate * seconds):
            time.sleep(max(0.0, begun + number / rate - time.perf_counter()))
            connection.execute("insert into things values (%s, %s, 'x')", (FIRST + number, number % endpoints))
        print(rate * seconds / (time.perf_counter() - begun), flush=True)


if __name__ == "__main__":
    main()
