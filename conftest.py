"""What every test of the product and of the applications may ask for."""

from __future__ import annotations

import pytest

pytest_plugins = ["tests.fixtures.postgres", "tests.fixtures.server"]


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let long random tests be made longer, and repeated."""
    parser.addoption("--verdicts", type=int, default=4000, help="verdicts of the visibility property test")
    parser.addoption("--verdicts-seed", type=int, default=1, help="its random choices")
