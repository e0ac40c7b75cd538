"""The import contracts of `.importlinter` hold, and a violation of each is found."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.rules import ROOT

VIOLATIONS = {
    "a lower layer imports an upper one": ("millstream/wal/violation.py", "import millstream.server\n"),
    "packages of one row import each other": ("millstream/wal/violation.py", "import millstream.pubsub\n"),
    "a package that no layer names": ("millstream/stray/__init__.py", ""),
    "a pure protocol reaches the network": ("millstream/pgwire/violation.py", "import asyncio\n"),
    "a pure module reads the clock": ("millstream/change/violation.py", "import time\n"),
    "a channel knows its socket": ("millstream/channels/topics/violation.py", "import millstream.channels.socket\n"),
    "a module of a channel that no layer names": ("millstream/channels/joined/violation.py", ""),
    "an application reaches below the facade": ("millstream_apps/violation.py", "import millstream.postgres\n"),
}


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [
        sys.executable,
        "-c",
        "from importlinter.cli import lint_imports_command; lint_imports_command()",
        "--no-cache",
    ]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sources, copied, so that a violation never touches the checkout."""
    folder = tmp_path_factory.mktemp("contracts")
    ignored = shutil.ignore_patterns("node_modules", "dist", "portal", "tests", "__pycache__", "millstream_apps")
    shutil.copytree(ROOT / "src" / "millstream", folder / "millstream", ignore=ignored)
    shutil.copytree(ROOT / "apps", folder / "millstream_apps", ignore=ignored)
    shutil.copy(ROOT / ".importlinter", folder / ".importlinter")
    return folder


def test_the_contracts_hold(copy: Path) -> None:
    result = lint(copy)
    assert result.returncode == 0, result.stdout


@pytest.mark.parametrize("violation", VIOLATIONS)
def test_a_violation_is_found(copy: Path, violation: str) -> None:
    name, source = VIOLATIONS[violation]
    path = copy / name
    made_folder = not path.parent.exists()
    path.parent.mkdir(exist_ok=True)
    path.write_text(source)
    try:
        assert "BROKEN" in lint(copy).stdout
    finally:
        shutil.rmtree(path.parent) if made_folder else path.unlink()
