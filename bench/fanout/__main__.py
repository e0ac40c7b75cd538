"""Measures all three servers with the same load, alternating, and prints deliveries per server CPU-second as ratios.

Usage: python -m bench.fanout [SOCKETS ...]
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tools.node import NodeUnavailable, find_node

HERE = Path(__file__).resolve().parent
PAYLOAD_BYTES = 400
PHASES = 4
DELIVERIES_PER_PHASE = 100_000
ROUNDS = 2
PATH = "/realtime/v1/websocket?vsn=2.0.0"
BURSTS = ((1, "one frame"), (10, "ten frames at once"))


@dataclass
class Figures:
    """What was measured of one server: deliveries per CPU-second of each phase, kilobytes per idle socket."""

    per_cpu_second: list[float]
    kb_per_socket: list[float]

    @property
    def rate(self) -> float:
        """The best phase: other work on the machine can only make a phase worse."""
        return max(self.per_cpu_second)

    @property
    def kilobytes(self) -> float:
        """The middle of all rounds."""
        return statistics.median(self.kb_per_socket)


def compiled(source: str, folder: Path) -> Path:
    program = folder / source.removesuffix(".c")
    subprocess.run(["cc", "-O2", "-Wall", "-Wextra", "-o", program, HERE / source], check=True)
    return program


@contextmanager
def running(command: list[Any]) -> Iterator[tuple[int, int]]:
    """Start a server that prints its port; yield port and process id."""
    with subprocess.Popen(
        [str(part) for part in command], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        try:
            yield int(process.stdout.readline()), process.pid
        finally:
            process.terminate()


def measured(command: list[Any], client: Path, sockets: int, burst: int, figures: Figures) -> None:
    bursts = max(4, DELIVERIES_PER_PHASE // (sockets * burst))
    with running(command) as (port, pid):
        load = [client, port, PATH, sockets, bursts, burst, PHASES, pid]
        output = subprocess.run([str(part) for part in load], check=True, stdout=subprocess.PIPE, text=True).stdout
    opened, _warm_up, *phases = [json.loads(line) for line in output.splitlines()]
    figures.kb_per_socket.append(opened["kb_per_socket"])
    figures.per_cpu_second.extend(phase["per_cpu_s"] for phase in phases)


def commands(folder: Path) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {
        "limit": [compiled("send_limit.c", folder), PAYLOAD_BYTES],
        "millstream": [sys.executable, "-m", "bench.fanout.server"],
    }
    try:
        found["node ws"] = [find_node(), HERE.parent / "peers" / "ws_fanout.js", PAYLOAD_BYTES]
    except NodeUnavailable as error:
        print(f"node ws: left out: {error}")
    if not (HERE.parents[1] / "node_modules" / "ws").exists():
        found.pop("node ws", None)
        print("node ws: left out, since its package is not installed: run `make web`")
    return found


def compare(sockets: int, burst: int, servers: dict[str, list[Any]], client: Path) -> dict[str, Figures]:
    figures = {name: Figures([], []) for name in servers}
    for _ in range(ROUNDS):
        for name, command in servers.items():
            measured(command, client, sockets, burst, figures[name])
    return figures


def main() -> None:
    counts = [int(argument) for argument in sys.argv[1:]] or [1_000, 5_000]
    with tempfile.TemporaryDirectory() as folder:
        client, servers = compiled("load_client.c", Path(folder)), commands(Path(folder))
        for burst, words in BURSTS:
            for sockets in counts:
                figures = compare(sockets, burst, servers, client)
                limit = figures["limit"].rate
                print(f"\nfan-out of {words} of {PAYLOAD_BYTES} bytes to {sockets} sockets")
                for name, each in figures.items():
                    print(
                        f"  {name:<11} {each.rate / limit:5.2f} of the limit   {each.rate:>9,.0f} deliveries/CPU-s"
                        f"   {each.kilobytes:6.2f} KB per idle socket"
                    )


if __name__ == "__main__":
    main()
