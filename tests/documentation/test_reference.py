"""The documentation is true: tables are current, links lead somewhere, settings and codes explain themselves."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from millstream.errors import MillstreamError
from millstream.observe import Observation
from millstream.setting import settings_of
from tools import reference

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "apps").glob("*/README.md")])
MODULES = list(reference.all_modules())


@pytest.mark.parametrize("name", sorted(reference.pages()))
def test_the_generated_page_is_current(name: str) -> None:
    assert (reference.FOLDER / name).read_text() == reference.pages()[name], "run `make docs`"


def test_every_error_has_a_code_of_its_own_and_a_docstring() -> None:
    for cls in reference.classes(MODULES, MillstreamError):
        assert cls.__doc__, cls


def test_every_observation_says_what_it_means() -> None:
    for cls in reference.classes(MODULES, Observation):
        assert cls.__doc__, cls
        assert not cls.__doc__.startswith(f"{cls.__name__}("), cls


def test_no_two_settings_share_a_variable_with_different_meanings() -> None:
    seen: dict[str, str] = {}
    for cls in reference.classes(MODULES, object):
        if hasattr(cls, "__dataclass_fields__"):
            for info in settings_of(cls).values():
                assert seen.setdefault(info.variable, info.doc) == info.doc, info.variable


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_to_a_file(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text()):
        if "://" not in target and not target.startswith("mailto:"):
            assert (page.parent / target).exists(), f"{page.relative_to(ROOT)} links to {target}"


def test_every_make_target_that_is_documented_exists() -> None:
    targets = set(re.findall(r"^([a-z0-9-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    for page in PAGES:
        for target in re.findall(r"`make ([a-z0-9-]+)", page.read_text()):
            assert target in targets, f"{page.relative_to(ROOT)} names `make {target}`"
