"""Every rule holds for the whole tree, and every rule can fail."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.architecture import rules

Rule = Callable[[Path, str], Iterator[str]]

PRODUCT = ("src/millstream", "apps")
EVERYTHING = ("src/millstream", "apps", "tests", "tools", "bench", "web/e2e")

HOLDS: list[tuple[Rule, tuple[str, ...]]] = [
    (rules.long_file, EVERYTHING),
    (rules.long_functions, EVERYTHING),
    (rules.grab_bag_names, EVERYTHING),
    (rules.environment_reads, PRODUCT),
    (rules.loose_tasks, PRODUCT),
    (rules.sleeps, ("tests", "web/e2e", "apps/lodgetix/tests")),
    (rules.missing_module_docstring, PRODUCT),
]

VIOLATIONS: list[tuple[Rule, str, str]] = [
    (rules.long_file, "src/a.py", "x = 1\n" * 401),
    (rules.long_functions, "src/a.py", "def f():\n" + "    x = 1\n" * 41),
    (rules.grab_bag_names, "src/utils/a.py", ""),
    (rules.grab_bag_names, "src/helpers.py", ""),
    (rules.environment_reads, "src/a.py", "import os\nx = os.environ['X']\n"),
    (rules.environment_reads, "src/a.py", "from os import getenv\n"),
    (rules.loose_tasks, "src/a.py", "asyncio.create_task(f())\n"),
    (rules.loose_tasks, "src/a.py", "asyncio.ensure_future(f())\n"),
    (rules.sleeps, "tests/a.py", "await asyncio.sleep(0.1)\n"),
    (rules.sleeps, "tests/a.py", "time.sleep(1)\n"),
    (rules.sleeps, "tests/a.py", "pause = time.sleep\n"),
    (rules.sleeps, "tests/a.py", "from time import sleep\n"),
    (rules.missing_module_docstring, "src/a.py", "x = 1\n"),
]


@pytest.mark.parametrize(("rule", "folders"), HOLDS, ids=lambda value: getattr(value, "__name__", None))
def test_the_rule_holds_everywhere(rule: Rule, folders: tuple[str, ...]) -> None:
    found = [
        violation
        for path in rules.python_files(*folders)
        for violation in rule(path.relative_to(rules.ROOT), path.read_text())
    ]
    assert found == []


@pytest.mark.parametrize(("rule", "name", "source"), VIOLATIONS)
def test_the_rule_finds_a_violation(rule: Rule, name: str, source: str) -> None:
    assert list(rule(Path(name), source))


def test_sources_in_other_languages_keep_to_the_file_cap() -> None:
    folders = [rules.ROOT / name for name in ("src/millstream", "apps", "web", "bench")]
    skipped = {"node_modules", "dist", "millstream_apps"}
    found = [
        violation
        for folder in folders
        for pattern in ("*.ts", "*.tsx", "*.sql", "*.css", "*.c")
        for path in folder.rglob(pattern)
        if not skipped & set(path.relative_to(rules.ROOT).parts)
        for violation in rules.long_file(path.relative_to(rules.ROOT), path.read_text())
    ]
    assert found == []


def test_all_applications_have_the_same_file_names() -> None:
    required = {"README.md", "app.py", "sql", "operations", "errors.py", "demo.py", "tests", "portal"}
    for app in (path for path in sorted((rules.ROOT / "apps").iterdir()) if path.is_dir() and path.name[0] not in "._"):
        missing = required - {path.name for path in app.iterdir()}
        assert missing == set(), f"{app.name} lacks {sorted(missing)}"
