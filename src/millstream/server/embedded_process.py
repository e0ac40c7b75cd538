"""PostgreSQL as a foreground child: started, watched until it is ready, stopped.

`Postmaster` is synchronous; `server.embedded_postgres` runs it in a thread, tests use it as it is. The child has a
session of its own, so that Ctrl-C in a terminal reaches Millstream alone, which then stops it in order.
"""

from __future__ import annotations

import contextlib
import re
import signal
import subprocess
import time
from collections.abc import Mapping

from millstream.server.embedded_account import Account
from millstream.server.embedded_binaries import CLEAN_ENVIRONMENT, Binaries
from millstream.server.embedded_folders import Folders
from millstream.server.embedded_settings import PostgresNotStarted, PostgresPortInUse

_POLL_SECONDS = 0.01
_MESSAGE = re.compile(r"(LOG|WARNING|ERROR|FATAL|PANIC):  (.*)")
_STATUS_LINE = 7  # of postmaster.pid: pid, data folder, start time, port, socket, host, shared memory, status


class Postmaster:
    """One running PostgreSQL. Made by `start`, of no use after `stop`."""

    def __init__(self, child: subprocess.Popen[bytes], folders: Folders) -> None:
        self._child = child
        self._folders = folders

    @classmethod
    def start(
        cls,
        binaries: Binaries,
        account: Account,
        folders: Folders,
        parameters: Mapping[str, str],
    ) -> Postmaster:
        """Start PostgreSQL on a data folder that nobody else uses; returns before it is ready."""
        if folders.log.exists():
            folders.log.replace(folders.log.with_suffix(".log.1"))
        command = [binaries.program("postgres"), "-D", str(folders.data)]
        for name, value in parameters.items():
            command += ["-c", f"{name}={value}"]
        with folders.log.open("wb") as log:
            child = subprocess.Popen(  # noqa: S603 -- our own program, no shell
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",  # a place that every user can enter; PostgreSQL goes to its data folder
                env=CLEAN_ENVIRONMENT,
                start_new_session=True,
                **account.child_user,
            )
        return cls(child, folders)

    @property
    def pid(self) -> int:
        """Return the process id of the postmaster."""
        return self._child.pid

    @property
    def exit_code(self) -> int | None:
        """Return how the child ended, or None while it runs."""
        return self._child.poll()

    def wait_until_ready(self, seconds: float) -> None:
        """Wait until connections are accepted, recovery included; stop the child and raise when that fails."""
        deadline = time.monotonic() + seconds
        while not self._is_ready():
            if self.exit_code is not None:
                raise self._not_started("stopped while it started")
            if time.monotonic() > deadline:
                self.stop(1.0)
                raise self._not_started(f"was not ready within {seconds:g} seconds")
            time.sleep(_POLL_SECONDS)

    def stop(self, seconds: float, *, request: signal.Signals = signal.SIGINT) -> None:
        """Stop in order ("fast": clients are disconnected, all is written), at once when that takes too long."""
        for attempt in (request, signal.SIGQUIT, signal.SIGKILL):
            self._child.send_signal(attempt)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._child.wait(seconds)
                return

    def last_words(self) -> str:
        """Return the message of the log that says best why the server ended."""
        try:
            said = _MESSAGE.findall(self._folders.log.read_text(errors="replace"))
        except OSError:
            said = []
        fatal = [text for severity, text in said if severity in {"FATAL", "PANIC"}]
        if fatal and not fatal[-1].endswith("contains errors"):
            return str(fatal[-1])
        return str(said[0 if fatal else -1][1]) if said else "nothing"

    def _is_ready(self) -> bool:
        """Read the state where `pg_ctl` reads it: asking by connecting would fill the log with refusals."""
        try:
            lines = (self._folders.data / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return False
        return len(lines) > _STATUS_LINE and lines[0] == str(self.pid) and lines[_STATUS_LINE].strip() == "ready"

    def _not_started(self, what: str) -> PostgresNotStarted | PostgresPortInUse:
        log = self._folders.log.read_text(errors="replace")
        if "Address already in use" in log or "could not create any TCP/IP sockets" in log:
            return PostgresPortInUse(
                "The loopback port of the embedded PostgreSQL is in use by another program.",
                details=log.strip(),
                hint="Set MILLSTREAM_POSTGRES_PORT to a free port, or leave it out.",
            )
        return PostgresNotStarted(
            f"The embedded PostgreSQL {what}.",
            details=log.strip(),
            hint=f"It said: {self.last_words()} (log: {self._folders.log})",
        )
