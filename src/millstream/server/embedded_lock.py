"""Who uses an embedded server's folder: one Millstream process at a time, known by a lock that dies with it.

`FolderLock` is taken before anything in the folder is touched. A PostgreSQL that still runs there is then either the
orphan of a Millstream that was killed, which is stopped, or somebody else's, which is left alone and reported. A
`postmaster.pid` whose process is no PostgreSQL of this folder is stale and removed.
"""

from __future__ import annotations

import fcntl
import os
import signal
import time
from pathlib import Path
from types import TracebackType
from typing import Self, TextIO

from millstream.server.embedded_folders import Folders
from millstream.server.embedded_settings import DataFolderLocked, DataFolderUnusable

_POLL_SECONDS = 0.02


class FolderLock:
    """The exclusive right to one folder, held from construction to `release` or to the end of the process."""

    def __init__(self, folders: Folders) -> None:
        self._folders = folders
        self._file = _open(folders.lock)
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = self._lines()[:1]
            self._file.close()
            raise DataFolderLocked(
                f"The data folder {folders.data} is in use by another Millstream"
                f"{f' (process {holder[0]})' if holder else ''}.",
                hint="Stop that one first, or set MILLSTREAM_POSTGRES_FOLDER to another folder.",
            ) from None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.release()

    def release(self) -> None:
        """Give the folder free. Idempotent."""
        self._file.close()

    def record(self, child: int) -> None:
        """Write down who holds the folder and which PostgreSQL is his, for whoever comes after a crash."""
        self._file.truncate(0)
        self._file.write(f"{os.getpid()}\n{child}\n")
        self._file.flush()

    def clear(self, *, stop_seconds: float) -> int | None:
        """Make the folder free of an orphan and of a stale `postmaster.pid`; return the orphan's process id, if any.

        Raises DataFolderLocked when the PostgreSQL in it was not started by Millstream.
        """
        running = postmaster_pid(self._folders.data)
        if running is None:
            return None
        if not _serves(running, self._folders.data):
            (self._folders.data / "postmaster.pid").unlink(missing_ok=True)
            return None
        if self._lines()[1:2] != [str(running)]:
            raise DataFolderLocked(
                f"The data folder {self._folders.data} is in use by a PostgreSQL server (process {running}) "
                "that Millstream did not start.",
                hint="Stop that server first, or set MILLSTREAM_POSTGRES_FOLDER to another folder.",
            )
        _stop_process(running, stop_seconds)
        return running

    def _lines(self) -> list[str]:
        self._file.seek(0)
        return self._file.read().splitlines()


def _open(lock: Path) -> TextIO:
    try:
        return lock.open("a+")
    except PermissionError as error:
        raise DataFolderUnusable(
            f"The folder {lock.parent} belongs to another user.",
            hint="Start Millstream as the user that made it, or set MILLSTREAM_POSTGRES_FOLDER to another folder.",
        ) from error


def postmaster_pid(data: Path) -> int | None:
    """Return the process id in `postmaster.pid`, if there is one to read."""
    try:
        return int((data / "postmaster.pid").read_text().split("\n", 1)[0])
    except (FileNotFoundError, ValueError):
        return None


def _serves(pid: int, data: Path) -> bool:
    """Say whether a process is the PostgreSQL of a folder, which is its working directory.

    Where there is no /proc to ask, any live process counts: PostgreSQL's own check then decides.
    """
    if not Path("/proc/self/cwd").exists():
        return _is_alive(pid)
    try:
        return Path(f"/proc/{pid}/cwd").samefile(data)
    except OSError:
        return False


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _stop_process(pid: int, stop_seconds: float) -> None:
    """Stop a PostgreSQL that is not our child: in order, and at once when that takes too long."""
    for request in (signal.SIGINT, signal.SIGQUIT):
        if not _is_alive(pid):
            return
        os.kill(pid, request)
        deadline = time.monotonic() + stop_seconds
        while _is_alive(pid) and time.monotonic() < deadline:
            time.sleep(_POLL_SECONDS)
