"""What the pages on the protocol and on attacks promise, some test holds: each line names one that exists."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
REALTIME = ROOT / "docs" / "compatibility" / "realtime.md"
SOCKETIO = ROOT / "docs" / "compatibility" / "socketio.md"
ATTACKS = ROOT / "docs" / "reference" / "attacks.md"
_REFERENCE = re.compile(r"`([\w./]+\.py)::(\w+)`")


def promises(page: Path) -> list[str]:
    """Return the rows of a page's tables, without heads and rules."""
    lines = page.read_text(encoding="utf-8").splitlines()
    rules = {number for number, line in enumerate(lines) if re.fullmatch(r"[|\-]+", line)}
    heads = {number - 1 for number in rules}
    return [line for number, line in enumerate(lines) if line.startswith("|") and number not in rules | heads]


@cache
def functions_of(file: Path) -> set[str]:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}


@pytest.mark.parametrize(
    "promise",
    [*promises(REALTIME), *promises(SOCKETIO), *promises(ATTACKS)],
    ids=lambda promise: promise.split("|")[1].strip(),
)
def test_every_line_names_a_test_that_exists(promise: str) -> None:
    named = _REFERENCE.findall(promise.rsplit("|", 2)[1])
    assert named, f"no test is named: {promise}"
    for path, name in named:
        file = ROOT / "tests" / path
        assert file.is_file(), f"there is no {path}"
        assert name in functions_of(file), f"{path} has no {name}"


def test_there_are_promises() -> None:
    assert len(promises(REALTIME)) > 80
    assert len(promises(SOCKETIO)) > 40
    assert len(promises(ATTACKS)) > 70
