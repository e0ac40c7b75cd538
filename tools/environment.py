"""Makes the checkout's Python environment: `python3 tools/environment.py run|dev`. Standard library only.

Installs the locked dependencies (hashes checked) and Millstream itself in editable form; does nothing when the lock
files have not changed since.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
BUILD = "requirements-build.lock"
LOCKS = {"run": (BUILD, "requirements.lock"), "dev": (BUILD, "requirements.lock", "requirements-dev.lock")}


def main() -> int:
    profile = sys.argv[1] if len(sys.argv) > 1 else ""
    if profile not in LOCKS:
        return fail("usage: python3 tools/environment.py run|dev")
    if sys.version_info < (3, 11):
        return fail(f"Python 3.11 or newer is needed, this is {sys.version.split()[0]}: set PYTHON=/path/to/python3.11")
    wanted = {name: digest(name) for name in LOCKS[profile]}
    if all(installed(name) == value for name, value in wanted.items()):
        return 0
    return install(LOCKS[profile][-1], wanted)


def install(lock: str, wanted: dict[str, str]) -> int:
    python = VENV / "bin" / "python"
    if not python.exists():
        say("Creating the Python environment in .venv")
        if subprocess.run([sys.executable, "-m", "venv", str(VENV)], check=False).returncode:
            return fail("could not create .venv; on Debian and Ubuntu: apt-get install python3-venv")
    say(f"Installing the locked dependencies of {lock}")
    pip = [str(python), "-m", "pip", "-qq", "--disable-pip-version-check", "install"]
    if subprocess.run([*pip, "--require-hashes", "-r", BUILD, "-r", lock], cwd=ROOT, check=False).returncode:
        return fail("the dependencies could not be installed; see above, then run the same command again")
    if subprocess.run([*pip, "--no-deps", "--no-build-isolation", "-e", "."], cwd=ROOT, check=False).returncode:
        return fail("Millstream itself could not be installed; see above")
    for name, value in wanted.items():
        stamp(name).write_text(value)
    return 0


def digest(name: str) -> str:
    """A lock's stamp changes with the lock and with the packaging that decides how we are installed."""
    return hashlib.sha256((ROOT / name).read_bytes() + (ROOT / "pyproject.toml").read_bytes()).hexdigest()


def stamp(name: str) -> Path:
    return VENV / f".installed-{name}"


def installed(name: str) -> str:
    return stamp(name).read_text() if stamp(name).exists() else ""


def say(text: str) -> None:
    print(f"==> {text}", flush=True)


def fail(text: str) -> int:
    print(f"error: {text}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
