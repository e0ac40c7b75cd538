"""tools/web.py: what is done again, and what is not."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools import web


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout with one portal, in which no program may be started."""
    monkeypatch.setattr(web, "ROOT", tmp_path)
    monkeypatch.setattr(web, "PACKAGES", tmp_path / "node_modules")

    def refuse(command: list[str], problem: str, *, cwd: Path = tmp_path) -> None:
        raise web.StepFailed(f"{Path(command[0]).name} was started in {cwd.name}: {problem}")

    monkeypatch.setattr(web, "run", refuse)
    for name in ("package.json", "package-lock.json", "apps/shop/portal/package.json", "apps/shop/portal/src/main.tsx"):
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(name)
    return tmp_path


def stamp_everything(checkout: Path) -> None:
    portal = checkout / "apps" / "shop" / "portal"
    (portal / "dist").mkdir(exist_ok=True)
    (checkout / "node_modules").mkdir(exist_ok=True)
    sources = web.digest(web.files_below([checkout / name for name in web.SHARED] + [portal]))
    (portal / "dist" / ".digest").write_text(sources)
    (checkout / "node_modules" / ".digest").write_text(web.digest(web.manifests()))


def test_nothing_is_started_when_nothing_changed(checkout: Path):
    stamp_everything(checkout)
    assert web.main(["install"]) == 0
    assert web.main(["build"]) == 0


@pytest.mark.parametrize("changed", ["package-lock.json", "package.json", "apps/shop/portal/package.json"])
def test_packages_are_installed_again_when_their_lists_changed(checkout: Path, changed: str):
    stamp_everything(checkout)
    (checkout / changed).write_text("changed")
    assert web.main(["install"]) == 1


@pytest.mark.parametrize(
    "changed", ["apps/shop/portal/src/main.tsx", "apps/shop/portal/src/new.tsx", "web/kit/src/a.ts"]
)
def test_a_portal_is_built_again_when_a_source_of_it_changed(checkout: Path, changed: str):
    stamp_everything(checkout)
    (checkout / changed).parent.mkdir(parents=True, exist_ok=True)
    (checkout / changed).write_text("changed")
    assert web.main(["build"]) == 1


def test_the_admin_view_is_built_into_the_package(checkout: Path, monkeypatch: pytest.MonkeyPatch):
    stamp_everything(checkout)
    (checkout / "web" / "admin").mkdir(parents=True)
    (checkout / "web" / "admin" / "package.json").write_text("{}")
    (checkout / "node_modules" / ".digest").write_text(web.digest(web.manifests()))
    started: list[list[str]] = []

    def note(command: list[str], problem: str, *, cwd: Path) -> None:
        started.append(command)
        (checkout / web.ADMIN_PAGE).mkdir(parents=True)

    monkeypatch.setattr(web, "run", note)
    assert web.main(["build"]) == 0
    [command] = started
    assert command[-2:] == ["--outDir", str(checkout / web.ADMIN_PAGE)]
    assert web.main(["build"]) == 0
    assert len(started) == 1, "nothing changed since"


@pytest.mark.parametrize("changed", ["dist/assets.js", "test/main.test.tsx", "node_modules/left-pad.js"])
def test_a_portal_is_not_built_again_for_what_is_no_source(checkout: Path, changed: str):
    stamp_everything(checkout)
    file = checkout / "apps" / "shop" / "portal" / changed
    file.parent.mkdir(exist_ok=True)
    file.write_text("changed")
    assert web.main(["build"]) == 0


def test_a_moved_file_is_a_change_although_its_content_is_the_same(checkout: Path):
    stamp_everything(checkout)
    main = checkout / "apps" / "shop" / "portal" / "src" / "main.tsx"
    main.rename(main.with_name("start.tsx"))
    assert web.main(["build"]) == 1


def test_a_failed_step_is_one_line_with_its_remedy(checkout: Path, capsys: pytest.CaptureFixture[str]):
    assert web.main(["install"]) == 1
    said = capsys.readouterr().err
    assert said.startswith("error: npm was started")
    assert said.count("\n") == 1


def test_a_wrong_call_says_how_to_call_it(capsys: pytest.CaptureFixture[str]):
    assert web.main([]) == 2
    assert "usage" in capsys.readouterr().err
