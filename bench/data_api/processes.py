"""Servers as processes of their own, and the CPU time that processes have used so far (Linux)."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Cpu:
    """The CPU time of a process, and of those that it started where it is PostgreSQL."""

    pid: int
    with_children: bool = False

    @classmethod
    def of_postgres(cls, folder: Path) -> Cpu:
        """Return that of a whole PostgreSQL server, whose data lies below the folder."""
        (file,) = folder.rglob("postmaster.pid")
        return cls(int(file.read_text().split()[0]), with_children=True)

    def seconds(self) -> float:
        """Return what was used so far."""
        if not self.with_children:
            return _used(self.pid)
        children = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()
        return _used(self.pid, ended_children=True) + sum(_used(int(child)) for child in children)


def _used(pid: int, *, ended_children: bool = False) -> float:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):  # ended since it was listed, and counted by its parent next time
        return 0.0
    return sum(map(int, fields[11 : 15 if ended_children else 13])) / _TICKS


@dataclass(frozen=True)
class Running:
    """A server that runs; `words` are what it printed when it was ready."""

    words: list[str]
    cpu: Cpu

    @property
    def port(self) -> str:
        """Return the port, which ends the first word."""
        return self.words[0].rpartition(":")[2]


@contextlib.contextmanager
def running(*module: str) -> Iterator[Running]:
    """Run a module as a server for the length of the block."""
    with subprocess.Popen([sys.executable, "-m", *module], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield Running(process.stdout.readline().split(), Cpu(process.pid))
        finally:
            process.terminate()
