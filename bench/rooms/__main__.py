"""Measures the three servers with the same load, alternating, and prints deliveries per server CPU-second as ratios.

Usage: python -m bench.rooms [SOCKETS ...]
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from bench.fanout.__main__ import Figures, compiled, running
from tools.node import NodeUnavailable, find_node

ROOT = Path(__file__).resolve().parents[2]
PATH = "/socket.io/?EIO=4&transport=websocket"
JOIN = "40"
TRIGGER = '42["call","tick",{"payload":"' + "0" * 308 + '"}]'
PHASES = 4
DELIVERIES_PER_PHASE = 50_000
ROUNDS = 2


def measured(command: list[Any], client: Path, sockets: int, burst: int, figures: Figures) -> None:
    bursts = max(4, DELIVERIES_PER_PHASE // (sockets * burst))
    with running(command) as (port, pid):
        load = [client, port, PATH, sockets, bursts, burst, PHASES, pid]
        said = {**os.environ, "LOAD_JOIN": JOIN, "LOAD_TRIGGER": TRIGGER}
        output = subprocess.run(
            [str(part) for part in load], check=True, stdout=subprocess.PIPE, text=True, env=said
        ).stdout
    opened, _warm_up, *phases = [json.loads(line) for line in output.splitlines()]
    figures.kb_per_socket.append(opened["kb_per_socket"])
    figures.per_cpu_second.extend(phase["per_cpu_s"] for phase in phases)


def commands() -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {
        "millstream": [sys.executable, "-m", "bench.rooms.server"],
        "python-socketio": [sys.executable, "-m", "bench.rooms.python_peer"],
    }
    if not (ROOT / "node_modules" / "socket.io").exists():
        print("socket.io: left out, since its package is not installed: run `make web`")
        return found
    try:
        found["socket.io"] = [find_node(), ROOT / "bench" / "peers" / "socketio_rooms.js"]
    except NodeUnavailable as error:
        print(f"socket.io: left out: {error}")
    return found


def main() -> None:
    counts = [int(argument) for argument in sys.argv[1:]] or [1_000]
    with tempfile.TemporaryDirectory() as folder:
        client, servers = compiled("load_client.c", Path(folder)), commands()
        for sockets in counts:
            figures = {name: Figures([], []) for name in servers}
            for _ in range(ROUNDS):
                for name, command in servers.items():
                    measured(command, client, sockets, 1, figures[name])
            own = figures["millstream"].rate
            print(f"\none event of some 350 bytes to a room of {sockets}")
            for name, each in figures.items():
                print(
                    f"  {name:<15} {each.rate:>9,.0f} deliveries/CPU-s   Millstream: {own / each.rate:5.2f} times that"
                    f"   {each.kilobytes:6.2f} KB per idle socket"
                )


if __name__ == "__main__":
    main()
