"""What every test of the product and of the applications may ask for."""

from __future__ import annotations

pytest_plugins = ["tests.fixtures.postgres", "tests.fixtures.server"]
