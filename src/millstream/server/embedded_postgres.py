"""The embedded PostgreSQL of a process: the default database where no DATABASE_URL is set.

`EmbeddedPostgres` puts the siblings together: user, folders, binaries, lock, cluster, child process. `start` and `stop`
are synchronous (tests, tools); `async with` does the same without holding up the event loop, and observes the child.

Life cycle: lock → cluster made or checked → child started → ready → … → fast stop → lock given free. A child that
ends by itself is observed as `EmbeddedPostgresDied`, and `keep_alive` starts it again for as long as it takes.
"""

from __future__ import annotations

import asyncio
import os
import signal
import time
from dataclasses import dataclass
from types import TracebackType
from typing import ClassVar, Self
from urllib.parse import quote, urlencode

import psycopg
from psycopg import sql

from millstream.errors import MillstreamError
from millstream.observe import Level, Observation, Observer, ignore
from millstream.postgres.bootstrap import LOGIN_ROLE, Bootstrapped, bootstrap
from millstream.server.embedded_account import account_for
from millstream.server.embedded_binaries import Binaries, find_binaries
from millstream.server.embedded_cluster import ADMINISTRATOR, ensure_cluster, required_parameters
from millstream.server.embedded_folders import SOCKET_PORT, Folders, choose_folders, make_folders
from millstream.server.embedded_lock import FolderLock
from millstream.server.embedded_password import ensure_password
from millstream.server.embedded_process import Postmaster
from millstream.server.embedded_settings import EmbeddedPostgresSettings

DEFAULT_DATABASE = "millstream"
_FIRST_PAUSE_SECONDS = 0.5
_LONGEST_PAUSE_SECONDS = 15.0


@dataclass(frozen=True, slots=True)
class EmbeddedPostgresMoved(Observation):
    """The folder asked for is one that PostgreSQL's user cannot enter; another is used."""

    wanted: str
    folder: str
    user: str


@dataclass(frozen=True, slots=True)
class EmbeddedClusterMade(Observation):
    """A new data folder was made."""

    folder: str
    seconds: float


@dataclass(frozen=True, slots=True)
class EmbeddedOrphanStopped(Observation):
    """The PostgreSQL of a Millstream that was killed was still running, and was stopped."""

    level: ClassVar[Level] = Level.WARNING
    pid: int


@dataclass(frozen=True, slots=True)
class EmbeddedPostgresStarted(Observation):
    """PostgreSQL accepts connections."""

    pid: int
    user: str
    socket: str
    port: int | None
    seconds: float


@dataclass(frozen=True, slots=True)
class EmbeddedPostgresStopped(Observation):
    """PostgreSQL was stopped in order."""

    seconds: float


@dataclass(frozen=True, slots=True)
class EmbeddedPostgresDied(Observation):
    """PostgreSQL ended without having been asked to."""

    level: ClassVar[Level] = Level.ERROR
    exit_code: int
    last_words: str
    log: str


@dataclass(frozen=True, slots=True)
class EmbeddedPostgresNotRevived(Observation):
    """PostgreSQL could not be started again, for instance because its disk is full; it is tried again."""

    level: ClassVar[Level] = Level.ERROR
    reason: str
    retry_seconds: float


class EmbeddedPostgres:
    """One embedded server, started at most once at a time; it can be started again after it was stopped or died."""

    def __init__(self, settings: EmbeddedPostgresSettings, observe: Observer = ignore) -> None:
        self._settings = settings
        self._observe = observe
        port = settings.port or SOCKET_PORT
        self._account = account_for(settings.folder)
        self.folders: Folders = choose_folders(settings.folder, self._account, port=port)
        self._lock: FolderLock | None = None
        self._postmaster: Postmaster | None = None
        self._pidfd: int | None = None
        self._died = asyncio.Event()

    @property
    def admin_url(self) -> str:
        """Return the administrator's connection string to the database `postgres`, through the socket."""
        return self.admin_url_of("postgres")

    @property
    def url(self) -> str:
        """Return the server's own connection string to the default database, through the socket."""
        return self.url_of(DEFAULT_DATABASE)

    @property
    def tcp_url(self) -> str | None:
        """Return the administrator's connection string over TCP, when there is a port; its password is in a file."""
        if self._settings.port is None:
            return None
        return f"postgresql://{ADMINISTRATOR}@127.0.0.1:{self._settings.port}/{DEFAULT_DATABASE}"

    @property
    def pid(self) -> int | None:
        """Return the process id of the postmaster while it runs."""
        return None if self._postmaster is None else self._postmaster.pid

    def admin_url_of(self, database: str) -> str:
        """Return the administrator's connection string to a database, through the socket."""
        return self._url(ADMINISTRATOR, database)

    def url_of(self, database: str) -> str:
        """Return the server's own connection string to a database: no superuser, as in production."""
        return self._url(LOGIN_ROLE, database)

    def start(self) -> None:
        """Start PostgreSQL and wait until it accepts connections; returns with a bootstrapped default database.

        Raises an error of `embedded_settings` with its remedy; then nothing is left running or locked.
        """
        begun = time.monotonic()
        if self.folders.moved:
            self._observe(EmbeddedPostgresMoved(str(self._settings.folder), str(self.folders.root), self._account.name))
        make_folders(self.folders, self._account)
        binaries = find_binaries(self._account, self.folders.root)
        self._lock = FolderLock(self.folders)
        try:
            self._start_locked(binaries)
            self.ensure_database(DEFAULT_DATABASE)
        except BaseException:
            self.stop()
            raise
        self._observe(
            EmbeddedPostgresStarted(
                pid=self.pid or 0,
                user=self._account.name,
                socket=str(self.folders.socket),
                port=self._settings.port,
                seconds=time.monotonic() - begun,
            )
        )

    def stop(self, *, request: signal.Signals = signal.SIGINT) -> None:
        """Stop PostgreSQL and give the folder free. Idempotent. SIGQUIT as `request` is a crash: recovery follows."""
        begun = time.monotonic()
        postmaster, self._postmaster = self._postmaster, None
        if postmaster is not None and postmaster.exit_code is None:
            postmaster.stop(self._settings.stop_seconds, request=request)
            self._observe(EmbeddedPostgresStopped(seconds=time.monotonic() - begun))
        if self._lock is not None:
            self._lock.release()
            self._lock = None

    def ensure_database(self, name: str) -> str:
        """Make a database when there is none of that name and bootstrap it; return the server's own URL to it."""
        with psycopg.connect(self.admin_url, autocommit=True) as administrator:
            found = administrator.execute("select 1 from pg_database where datname = %s", (name,)).fetchone()
            if found is None:
                administrator.execute(sql.SQL("create database {}").format(sql.Identifier(name)))
        with psycopg.connect(self.admin_url_of(name), autocommit=True) as administrator:
            bootstrap(administrator, observe=self._bootstrapped)
        return self.url_of(name)

    async def until_died(self) -> None:
        """Return when PostgreSQL has ended without having been asked to."""
        await self._died.wait()

    async def keep_alive(self) -> None:
        """Start PostgreSQL again whenever it has died, with growing pauses while it cannot be; never returns."""
        while True:
            await self.until_died()
            self._died.clear()
            pause = _FIRST_PAUSE_SECONDS
            while True:
                await asyncio.sleep(pause)
                pause = min(pause * 2, _LONGEST_PAUSE_SECONDS)
                try:
                    await asyncio.to_thread(self.stop)
                    await self._start_and_watch()
                except (MillstreamError, psycopg.Error, OSError) as error:
                    self._observe(EmbeddedPostgresNotRevived(str(error).strip(), pause))
                else:
                    break

    async def __aenter__(self) -> Self:
        await self._start_and_watch()
        return self

    async def _start_and_watch(self) -> None:
        starting = asyncio.get_running_loop().run_in_executor(None, self.start)
        try:
            await asyncio.shield(starting)
        except asyncio.CancelledError:  # a thread cannot be cancelled: what it starts must not be left behind
            await asyncio.wait([starting])
            await asyncio.to_thread(self.stop)
            raise
        self._watch()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        self._unwatch()
        await asyncio.shield(asyncio.to_thread(self.stop))

    def _start_locked(self, binaries: Binaries) -> None:
        if self._lock is None:
            raise RuntimeError("The folder is not locked.")
        begun = time.monotonic()
        orphan = self._lock.clear(stop_seconds=self._settings.stop_seconds)
        if orphan is not None:
            self._observe(EmbeddedOrphanStopped(pid=orphan))
        if ensure_cluster(self._settings, self.folders, binaries, self._account):
            self._observe(EmbeddedClusterMade(str(self.folders.data), time.monotonic() - begun))
        parameters = required_parameters(self._settings, self.folders)
        self._postmaster = Postmaster.start(binaries, self._account, self.folders, parameters)
        self._lock.record(self._postmaster.pid)
        self._postmaster.wait_until_ready(self._settings.start_seconds)
        if self._settings.port is not None:
            ensure_password(self.admin_url, self.folders.password)

    def _bootstrapped(self, observation: Observation) -> None:
        """Pass on what the bootstrap changed; that nothing was left to do is no news here."""
        if not isinstance(observation, Bootstrapped) or observation.changed:
            self._observe(observation)

    def _url(self, user: str, database: str) -> str:
        where = urlencode({"host": self.folders.socket, "port": self._settings.port or SOCKET_PORT}, safe="/")
        return f"postgresql://{user}@/{quote(database, safe='')}?{where}"

    def _watch(self) -> None:
        """Ask the kernel to tell when the child ends; systems without process descriptors (macOS) go without."""
        if self.pid is None or not hasattr(os, "pidfd_open"):
            return
        self._pidfd = os.pidfd_open(self.pid)
        asyncio.get_running_loop().add_reader(self._pidfd, self._child_ended)

    def _unwatch(self) -> None:
        if self._pidfd is not None:
            asyncio.get_running_loop().remove_reader(self._pidfd)
            os.close(self._pidfd)
            self._pidfd = None

    def _child_ended(self) -> None:
        self._unwatch()
        postmaster = self._postmaster
        if postmaster is not None:
            self._observe(
                EmbeddedPostgresDied(
                    exit_code=postmaster.exit_code or 0,
                    last_words=postmaster.last_words(),
                    log=str(self.folders.log),
                )
            )
        self._died.set()
