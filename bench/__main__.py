"""Runs every benchmark, one after the other, prints what they find and keeps it in bench/history, one file a run.

Usage: python -m bench [NAME ...], by default all: fanout, rooms, studyspot, latency, drain, sockets, visibility,
data_api, sign_in and webhooks.
"""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

BENCHMARKS = (
    "fanout", "rooms", "studyspot", "latency", "drain", "sockets", "visibility", "data_api", "sign_in", "webhooks",
)  # fmt: skip
HISTORY = Path(__file__).resolve().parent / "history"


def main() -> int:
    HISTORY.mkdir(exist_ok=True)
    kept = HISTORY / f"{datetime.now(UTC):%Y-%m-%dT%H%M%S}.txt"
    failed = 0
    with kept.open("w") as file:
        for name in sys.argv[1:] or BENCHMARKS:
            print(f"\n=== {name}", flush=True)
            print(f"=== {name}", file=file, flush=True)
            with subprocess.Popen(
                [sys.executable, "-m", f"bench.{name}"], stdout=subprocess.PIPE, text=True
            ) as running:
                for line in running.stdout or ():
                    print(line, end="", flush=True)
                    print(line, end="", file=file)
            failed += running.returncode != 0
    print(f"\nKept in {kept.relative_to(HISTORY.parent.parent)}.")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
