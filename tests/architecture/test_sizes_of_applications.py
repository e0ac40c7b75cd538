"""Applications stay small: what two of them would write belongs in the kits. Each reads in ten minutes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from tests.architecture.rules import GENERATED, ROOT

BACKEND_LINES = 2_500
"""Python and SQL, demo data and simulation included, tests not."""

PORTAL_LINES = 4_000
"""TypeScript of all its portals together, without styles, tests and what is generated."""

APPLICATIONS = sorted(found.parent for found in (ROOT / "apps").glob("*/app.py"))


def lines_of(paths: Iterable[Path]) -> int:
    return sum(path.read_text().count("\n") for path in paths)


def too_large(app: Path) -> Iterator[str]:
    elsewhere = {app / "portal", app / "tests"}
    backend = [path for kind in ("py", "sql") for path in app.rglob(f"*.{kind}") if not elsewhere & set(path.parents)]
    portal = [path for path in app.glob("portal/src/**/*.ts*") if not path.name.endswith(GENERATED)]
    if (lines := lines_of(backend)) >= BACKEND_LINES:
        yield f"{lines} lines of Python and SQL: move what others would write again to src/millstream/kit"
    if (lines := lines_of(portal)) >= PORTAL_LINES:
        yield f"{lines} lines of TypeScript: move what others would write again to web/kit"


@pytest.mark.parametrize("app", APPLICATIONS, ids=lambda app: app.name)
def test_an_application_is_small(app: Path) -> None:
    assert list(too_large(app)) == []


def test_a_large_application_is_told_where_to_move_what(tmp_path: Path) -> None:
    for name in ("sql/functions", "portal/src/pages", "tests"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "sql/functions/steps.sql").write_text("select 1;\n" * BACKEND_LINES)
    (tmp_path / "portal/src/pages/Page.tsx").write_text("export {};\n" * PORTAL_LINES)
    (tmp_path / "tests/test_all.py").write_text("pass\n" * BACKEND_LINES)
    (tmp_path / "portal/src/database.types.ts").write_text("export {};\n" * PORTAL_LINES)
    backend, portal = too_large(tmp_path)
    assert backend.startswith(f"{BACKEND_LINES} lines of Python and SQL")
    assert portal.startswith(f"{PORTAL_LINES} lines of TypeScript")
