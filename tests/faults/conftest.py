"""One line for each scenario, told at the end of `make faults`: its number, size and seed, and what went wrong."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import pytest

from tests.faults.checker import Verdict

Size = TypeVar("Size")
SMALL_SECONDS, FULL_SECONDS = 300, 3600


@dataclass(frozen=True, slots=True)
class Scenario:
    """What a scenario is asked for, and where it reports."""

    full: bool
    seed: int
    _record: Callable[[str, object], None]

    @property
    def chance(self) -> random.Random:
        return random.Random(self.seed)

    def size(self, small: Size, full: Size) -> Size:
        return full if self.full else small

    def deadline(self) -> asyncio.Timeout:
        """Give a scenario up that hangs; it says where, unlike pytest's own."""
        return asyncio.timeout(self.size(SMALL_SECONDS, FULL_SECONDS) - 20)

    def report(self, number: str, what: str, size: str, verdict: Verdict | None = None, **figures: object) -> None:
        """Tell what came of it."""
        shown = [] if verdict is None else [str(verdict)]
        shown += [f"{name.replace('_', ' ')} {value}" for name, value in figures.items()]
        self._record("fault", f"{number:<4} {what} · {size} · seed {self.seed} · {', '.join(shown)}")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Give each scenario the time that its size takes on a slow and busy machine."""
    seconds = FULL_SECONDS if config.option.full_faults else SMALL_SECONDS
    for item in items:
        if "scenario" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.timeout(seconds), append=False)


@pytest.fixture
def scenario(request: pytest.FixtureRequest, record_property: Callable[[str, object], None]) -> Scenario:
    options = request.config.option
    return Scenario(options.full_faults, options.faults_seed, record_property)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the lines in the order of their numbers."""
    reports = [report for kind in ("passed", "failed") for report in terminalreporter.stats.get(kind, [])]
    lines = [value for report in reports for name, value in report.user_properties if name == "fault"]
    if lines:
        terminalreporter.section("fault scenarios")
    for line in sorted(lines, key=lambda line: int(line[1:4])):
        terminalreporter.write_line(line)
