"""Where the files of the embedded PostgreSQL lie: where asked, or in a place that its user can enter.

`choose_folders` decides from the wanted folder and the user alone, so that the next start finds the same place. The
data folder is readable by its user only (0700), which is what guards the Unix socket inside it.
"""

from __future__ import annotations

import hashlib
import os
import stat
from dataclasses import dataclass
from pathlib import Path

from millstream.server.embedded_account import Account
from millstream.server.embedded_settings import DataFolderUnusable

SOCKET_PORT = 5432
MAX_SOCKET_PATH_BYTES = 107  # sun_path of sockaddr_un holds 108 with the closing zero
_SHARED_FOLDERS = (Path("/var/tmp"), Path("/tmp"))  # noqa: S108 -- made 0755 or 0700 and checked for their owner


@dataclass(frozen=True, slots=True)
class Folders:
    """The places of one embedded server. `moved` says that `root` is not the folder that was asked for."""

    root: Path
    socket: Path
    moved: bool

    @property
    def data(self) -> Path:
        """Return PostgreSQL's data folder."""
        return self.root / "data"

    @property
    def log(self) -> Path:
        """Return the file that takes what PostgreSQL reports since its last start."""
        return self.root / "postgres.log"

    @property
    def lock(self) -> Path:
        """Return the file whose lock says that a Millstream process uses this server."""
        return self.root / "lock"

    @property
    def password(self) -> Path:
        """Return the file with the administrator's password, asked for over TCP only."""
        return self.root / "password"


def choose_folders(wanted: Path, account: Account, *, port: int = SOCKET_PORT) -> Folders:
    """Choose the places for a server that was asked for at `wanted`; makes nothing."""
    wanted = wanted.absolute()
    name = f"millstream-{hashlib.sha256(os.fsencode(wanted)).hexdigest()[:12]}"
    moved = not account.can_enter(wanted)
    root = _first_existing(_SHARED_FOLDERS) / name if moved else wanted
    data = root / "data"
    socket = data if _fits(data, port) else _first_existing(_SHARED_FOLDERS[::-1]) / f"{name}-socket"
    return Folders(root=root, socket=socket, moved=moved)


def make_folders(folders: Folders, account: Account) -> None:
    """Make the root and the socket's folder; the data folder is left to `initdb`. Idempotent."""
    try:
        folders.root.mkdir(mode=0o755, parents=True, exist_ok=True)
        if folders.moved:
            _check_owner(folders.root, os.geteuid())
        if folders.socket != folders.data:
            _make_private(folders.socket, account)
    except OSError as error:
        raise DataFolderUnusable(
            f"The folder {folders.root} of the embedded PostgreSQL cannot be made: {error.strerror}.",
            hint="Set MILLSTREAM_POSTGRES_FOLDER to a folder that you may write to.",
        ) from error


def _make_private(folder: Path, account: Account) -> None:
    if not folder.exists():
        folder.mkdir(mode=0o700)
        account.give(folder)
    _check_owner(folder, account.uid)


def _check_owner(folder: Path, uid: int) -> None:
    """Refuse a folder in a place open to all that somebody else has put there."""
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != uid or found.st_mode & stat.S_IWOTH:
        raise DataFolderUnusable(
            f"The folder {folder} belongs to somebody else.",
            hint="Remove it, or set MILLSTREAM_POSTGRES_FOLDER to a folder that you may write to.",
        )


def _fits(folder: Path, port: int) -> bool:
    return len(os.fsencode(folder / f".s.PGSQL.{port}")) <= MAX_SOCKET_PATH_BYTES


def _first_existing(folders: tuple[Path, ...]) -> Path:
    return next((folder for folder in folders if folder.is_dir()), folders[-1])
