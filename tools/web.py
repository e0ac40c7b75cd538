"""Installs and builds the front end, each only when its sources changed. Standard library only.

    python tools/web.py install     the packages of the npm workspace
    python tools/web.py build       every page whose sources changed: portals, and the admin view of the server
    python tools/web.py test        format, lint, types and unit tests of the front end

What was done is remembered by a digest of what it was done from: `.digest` in `node_modules` and beside each page. When
nothing changed, `build` needs neither Node.js nor the network and takes a moment.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ROOT / "node_modules"
ADMIN_PAGE = "src/millstream/asgi/admin_page"  # where the wheel has it, too
SKIPPED = {"node_modules", "dist", "test"}
SHARED = ("package-lock.json", "web/config", "web/kit/package.json", "web/kit/src")
PROGRAMS = ("web/*/tsconfig.json", "apps/*/portal/tsconfig.json")


class StepFailed(Exception):
    """A program did not succeed; the text says which and what to do."""


def install() -> None:
    """Install the locked packages unless they are there already."""
    wanted = digest(manifests())
    stamp = PACKAGES / ".digest"
    if is_stamped(stamp, wanted):
        return
    with step("Installing the packages of the front end"):
        flags = ["--no-audit", "--no-fund", "--loglevel=error"]
        run(["npm", "ci", *flags], "npm could not install the packages: check the network, then run the command again")
    stamp.write_text(wanted)


class Page(NamedTuple):
    """Something that is bundled: from where, into which folder, and what it is called."""

    sources: Path
    built: Path
    name: str


def build() -> None:
    """Build every page whose sources are not those that it was built from."""
    for page in pages():
        wanted = digest(files_below([ROOT / name for name in SHARED] + [page.sources]))
        stamp = page.built / ".digest"
        if is_stamped(stamp, wanted):
            continue
        install()
        with step(f"Building {page.name}"):
            shutil.rmtree(page.built, ignore_errors=True)
            command = [program("vite"), "build", "--logLevel", "warn", "--emptyOutDir", "--outDir", str(page.built)]
            run(command, f"{page.name} could not be built: see above", cwd=page.sources)
        stamp.write_text(wanted)


def test() -> None:
    """Run every check of the front end; stop at the first that fails."""
    install()
    for name, tool, arguments in checks():
        with step(f"Front end: {name}"):
            run([program(tool), *arguments], f"the front end's {name} failed: see above")


def checks() -> Iterator[tuple[str, str, list[str]]]:
    """Yield each check with its program; types program by program, since each portal has a router type of its own."""
    programs = [str(path) for pattern in PROGRAMS for path in sorted(ROOT.glob(pattern))]
    yield "format", "prettier", ["--check", "--log-level", "warn", "."]
    yield "lint", "eslint", ["--max-warnings", "0", "web", "apps"]
    yield "types", "tsc", ["-b", *programs]
    yield "unit tests", "vitest", ["run", "--reporter=default"]


def pages() -> list[Page]:
    portals = sorted(package.parent for package in ROOT.glob("apps/*/portal/package.json"))
    found = [Page(portal, portal / "dist", f"the portal of {portal.parent.name}") for portal in portals]
    admin = [
        Page(package.parent, ROOT / ADMIN_PAGE, "the admin view") for package in ROOT.glob("web/admin/package.json")
    ]
    return found + admin


def manifests() -> Iterator[Path]:
    """Yield what decides which packages are installed: the lock, and each workspace's own list."""
    yield from (ROOT / "package-lock.json", ROOT / "package.json")
    yield from sorted(
        path for folder in ("web/*", "apps/*/portal", "bench/peers") for path in ROOT.glob(f"{folder}/package.json")
    )


def files_below(places: Iterable[Path]) -> Iterator[Path]:
    for place in places:
        if place.is_dir():
            yield from files_below(sorted(child for child in place.iterdir() if child.name not in SKIPPED))
        elif place.exists():
            yield place


def digest(files: Iterable[Path]) -> str:
    """Return one digest of the files' names and contents."""
    whole = hashlib.sha256()
    for file in files:
        whole.update(str(file.relative_to(ROOT)).encode() + b"\0" + hashlib.sha256(file.read_bytes()).digest())
    return whole.hexdigest()


def is_stamped(stamp: Path, wanted: str) -> bool:
    return stamp.exists() and stamp.read_text() == wanted


def program(name: str) -> str:
    return str(PACKAGES / ".bin" / name)


def run(command: list[str], problem: str, *, cwd: Path = ROOT) -> None:
    """Run a program with a fit Node.js, which is installed first where there is none."""
    node = [sys.executable, str(ROOT / "tools" / "node.py"), "run"]
    if subprocess.run([*node, *command], cwd=cwd, check=False).returncode:
        raise StepFailed(problem)


class step:  # noqa: N801 -- reads as a statement
    """Say what begins, and how long it took."""

    def __init__(self, text: str) -> None:
        self.text = text

    def __enter__(self) -> None:
        self.began = time.monotonic()
        print(f"==> {self.text}", flush=True)

    def __exit__(self, failure: type[BaseException] | None, *_: object) -> None:
        if failure is None:
            print(f"    done in {time.monotonic() - self.began:.1f} s", flush=True)


def main(arguments: list[str]) -> int:
    steps = {"install": install, "build": build, "test": test}
    if len(arguments) != 1 or arguments[0] not in steps:
        print("usage: python tools/web.py install | build | test", file=sys.stderr)
        return 2
    try:
        steps[arguments[0]]()
    except StepFailed as problem:
        print(f"error: {problem}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
