"""What every test of the product and of the applications may ask for, and the event loop that all of them run on."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping

import pytest
import uvloop
from hypothesis import HealthCheck, settings

# A busy machine is slow at drawing examples and at trying them; that is no finding.
settings.register_profile(
    "patient",
    parent=settings.get_profile(settings.get_current_profile_name()),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("patient")

pytest_plugins = ["tests.fixtures.postgres", "tests.fixtures.server"]


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let long random tests be made longer, and repeated."""
    parser.addoption("--verdicts", type=int, default=4000, help="verdicts of the visibility property test")
    parser.addoption("--verdicts-seed", type=int, default=1, help="its random choices")
    parser.addoption("--full-faults", action="store_true", help="run fault scenarios in their full sizes")
    parser.addoption("--faults-seed", type=int, default=1, help="their random choices")


def pytest_asyncio_loop_factories(
    config: pytest.Config, item: pytest.Item
) -> Mapping[str, Callable[[], asyncio.AbstractEventLoop]]:
    """Run on the loop that the server runs on: its transports have ways of their own."""
    return {"uvloop": uvloop.new_event_loop}
