"""The embedded PostgreSQL starts wherever the checkout lies and whoever starts it, and says clearly why it cannot."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from millstream.observe import Observation
from millstream.server.embedded_account import account_for
from millstream.server.embedded_binaries import find_binaries
from millstream.server.embedded_folders import MAX_SOCKET_PATH_BYTES
from millstream.server.embedded_postgres import (
    EmbeddedClusterMade,
    EmbeddedOrphanStopped,
    EmbeddedPostgres,
    EmbeddedPostgresDied,
    EmbeddedPostgresMoved,
    EmbeddedPostgresNotRevived,
    EmbeddedPostgresStarted,
)
from millstream.server.embedded_settings import (
    DataFolderLocked,
    DataFolderUnusable,
    EmbeddedPostgresSettings,
    PostgresNotStarted,
    PostgresPortInUse,
)

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = Path(__file__).parent / "embedded_script.py"
NOBODY = 65534
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root starts PostgreSQL as somebody else")

Start = Callable[..., EmbeddedPostgres]


@pytest.fixture
def folder(open_folder: Path) -> Path:
    return open_folder


@pytest.fixture
def seen() -> list[Observation]:
    return []


@pytest.fixture
def start(folder: Path, seen: list[Observation]) -> Iterator[Start]:
    """Start a server; it is stopped after the test, and what it put outside its folder is removed."""
    started: list[EmbeddedPostgres] = []

    def start_one(where: Path = folder, *, port: int | None = None) -> EmbeddedPostgres:
        settings = EmbeddedPostgresSettings(folder=where, port=port, durable=False)
        server = EmbeddedPostgres(settings, seen.append)
        started.append(server)
        server.start()
        return server

    yield start_one
    for server in started:
        server.stop()
        if server.folders.moved:
            shutil.rmtree(server.folders.root, ignore_errors=True)
        if server.folders.socket != server.folders.data:
            shutil.rmtree(server.folders.socket, ignore_errors=True)


def run_script(
    folder: Path, end: str, *, python: str = sys.executable, user: int | None = None, path: str = ""
) -> dict:
    done = subprocess.run(
        [python, str(SCRIPT), str(folder), end],
        check=False,
        capture_output=True,
        text=True,
        cwd="/",
        user=user,
        group=user,
        extra_groups=[] if user is not None else None,
        env={"PYTHONPATH": path, "PGPORT": "1", "PGDATA": "/nowhere"},
    )
    assert done.stdout, done.stderr
    return json.loads(done.stdout)


def query(url: str, statement: str) -> object:
    with psycopg.connect(url) as connection:
        row = connection.execute(statement.encode()).fetchone()
    return row and row[0]


def test_the_first_start_makes_a_cluster_and_the_second_finds_it(start: Start, seen: list[Observation]) -> None:
    server = start()
    with psycopg.connect(server.admin_url, autocommit=True) as connection:
        connection.execute("create table kept as select 8 as n")
    server.stop()
    seen.clear()
    assert query(start().admin_url, "select n from kept") == 8
    assert not [one for one in seen if isinstance(one, EmbeddedClusterMade)]


def test_it_follows_the_log_and_speaks_utf8(start: Start) -> None:
    url = start().url
    assert query(url, "select current_setting('wal_level')") == "logical"
    assert query(url, "select upper('żółć')") == "ŻÓŁĆ"
    assert query(url, "select current_setting('timezone')") == "UTC"


def test_only_its_user_enters_the_folder_of_the_socket(start: Start) -> None:
    server = start()
    assert stat.S_IMODE(server.folders.socket.stat().st_mode) == 0o700
    assert query(server.admin_url, "select current_setting('listen_addresses')") == ""


@as_root
def test_root_runs_it_as_somebody_unprivileged(start: Start) -> None:
    server = start()
    assert Path(f"/proc/{server.pid}").stat().st_uid == server.folders.data.stat().st_uid != 0


@as_root
def test_root_runs_it_as_the_owner_of_the_folder(folder: Path, start: Start) -> None:
    os.chown(folder, NOBODY, NOBODY)
    assert Path(f"/proc/{start(folder / 'postgres').pid}").stat().st_uid == NOBODY


@as_root
def test_an_ordinary_user_runs_it_himself(folder: Path) -> None:
    os.chown(folder, NOBODY, NOBODY)
    packages = next(path for path in sys.path if path.endswith("site-packages"))
    python = f"/usr/bin/python3.{sys.version_info.minor}"
    if not Path(python).exists() or not account_for(folder).can_enter(Path(packages)):
        pytest.skip("no Python that the user nobody may run")
    answer = run_script(folder / "mine", "stop", python=python, user=NOBODY, path=f"{ROOT / 'src'}:{packages}")
    assert answer["owner"] == NOBODY
    assert answer["root"] == str(folder / "mine")


@as_root
def test_a_checkout_that_its_user_cannot_enter_moves_it_elsewhere(
    folder: Path, start: Start, seen: list[Observation]
) -> None:
    closed = folder / "closed"
    closed.mkdir(mode=0o700)
    server = start(closed / "postgres")
    assert server.folders.moved
    assert not server.folders.root.is_relative_to(closed)
    assert stat.S_IMODE(closed.stat().st_mode) == 0o700
    assert [one.folder for one in seen if isinstance(one, EmbeddedPostgresMoved)] == [str(server.folders.root)]
    server.stop()
    assert start(closed / "postgres").folders == server.folders


@as_root
def test_binaries_that_its_user_cannot_reach_are_copied(folder: Path) -> None:
    closed = folder / "closed"
    closed.mkdir(mode=0o700)
    program = Path(find_binaries(account_for(folder), folder).folder)
    for name in ("embedded_postgres", "embedded_postgres.libs"):
        shutil.copytree(program.parents[2] / name, closed / name, symlinks=True, copy_function=link_or_copy)
    answer = run_script(folder / "postgres", "stop", path=str(closed))
    assert Path(answer["program"]).is_relative_to(folder / "postgres")
    assert run_script(folder / "postgres", "stop", path=str(closed))["program"] == answer["program"]


def link_or_copy(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


def test_a_path_too_long_for_a_socket_puts_the_socket_elsewhere(folder: Path, start: Start) -> None:
    long = folder / ("long-" * 20) / "postgres"
    server = start(long)
    assert server.folders.data.is_relative_to(long)
    assert len(os.fsencode(server.folders.socket / ".s.PGSQL.5432")) <= MAX_SOCKET_PATH_BYTES
    assert query(server.url, "select 1") == 1


def test_a_folder_in_use_is_refused_and_the_user_of_it_named(start: Start) -> None:
    server = start()
    with pytest.raises(DataFolderLocked, match=f"process {os.getpid()}") as caught:
        start()
    assert "MILLSTREAM_POSTGRES_FOLDER" in (caught.value.hint or "")
    assert query(server.url, "select 1") == 1


def test_a_folder_in_use_by_a_server_of_somebody_else_is_refused(folder: Path, start: Start) -> None:
    server = start()
    server.stop()
    account = account_for(folder)
    program = find_binaries(account, folder).program("postgres")
    command = [program, "-D", str(server.folders.data), "-k", str(server.folders.data), "-h", ""]
    with subprocess.Popen(command, cwd="/", stderr=subprocess.PIPE, **account.child_user) as foreign:
        assert foreign.stderr is not None
        assert any(b"ready to accept connections" in line for line in foreign.stderr)
        try:
            with pytest.raises(DataFolderLocked, match=f"process {foreign.pid}"):
                start()
        finally:
            foreign.send_signal(signal.SIGINT)


def test_the_orphan_of_a_killed_process_is_stopped_first(folder: Path, start: Start, seen: list[Observation]) -> None:
    orphan = run_script(folder, "vanish")["pid"]
    assert query(start().url, "select 1") == 1
    assert EmbeddedOrphanStopped(pid=orphan) in seen


def test_the_process_id_of_a_stranger_in_a_stale_file_is_no_lock(start: Start) -> None:
    server = start()
    pid_file = server.folders.data / "postmaster.pid"
    lines = pid_file.read_text().splitlines()
    server.stop()
    pid_file.write_text("\n".join([str(os.getpid()), *lines[1:]]) + "\n")
    assert query(start().url, "select 1") == 1


def test_an_interrupted_first_start_leaves_nothing_half_made(folder: Path, start: Start) -> None:
    (folder / "data.part").mkdir()
    (folder / "data.part" / "PG_VERSION").write_text("18\n")
    assert query(start().url, "select 1") == 1


def test_data_of_another_version_is_refused(start: Start) -> None:
    server = start()
    server.stop()
    (server.folders.data / "PG_VERSION").write_text("17\n")
    with pytest.raises(DataFolderUnusable, match="made by PostgreSQL 17; the binaries are 18"):
        start()


def test_a_folder_of_other_things_is_refused(folder: Path, start: Start) -> None:
    (folder / "data").mkdir()
    account_for(folder).give(folder / "data")
    with pytest.raises(DataFolderUnusable, match="no data folder"):
        start()


def test_a_server_that_gives_up_says_why(folder: Path, start: Start) -> None:
    server = start()
    server.stop()
    with (server.folders.data / "postgresql.conf").open("a") as configuration:
        configuration.write("max_connections = nonsense\n")
    with pytest.raises(PostgresNotStarted, match="max_connections"):
        start()
    with pytest.raises(PostgresNotStarted):  # and holds no lock afterwards
        start()


def test_it_listens_on_a_loopback_port_with_a_password(start: Start) -> None:
    port = free_port()
    server = start(port=port)
    assert server.tcp_url is not None
    password = server.folders.password.read_text().strip()
    assert stat.S_IMODE(server.folders.password.stat().st_mode) == 0o600
    with psycopg.connect(server.tcp_url, password=password) as connection:
        assert connection.execute("select inet_server_port()").fetchone() == (port,)
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(server.tcp_url, password="wrong")


def test_a_port_in_use_is_named_with_its_remedy(start: Start) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(PostgresPortInUse) as caught:
            start(port=taken.getsockname()[1])
    assert "MILLSTREAM_POSTGRES_PORT" in (caught.value.hint or "")


async def test_a_sudden_end_is_observed(folder: Path, seen: list[Observation]) -> None:
    settings = EmbeddedPostgresSettings(folder=folder, durable=False)
    async with asyncio.timeout(30), EmbeddedPostgres(settings, seen.append) as server:
        assert server.pid is not None
        os.kill(server.pid, signal.SIGKILL)
        await server.until_died()
    died = [one for one in seen if isinstance(one, EmbeddedPostgresDied)]
    assert [one.exit_code for one in died] == [-signal.SIGKILL]


async def test_what_died_is_started_again_for_as_long_as_it_takes(folder: Path) -> None:
    """The data folder is away for as long as the first attempt to start again."""
    loop, failed, revived = asyncio.get_running_loop(), asyncio.Event(), asyncio.Event()

    def observe(observation: Observation) -> None:
        event = {EmbeddedPostgresNotRevived: failed, EmbeddedPostgresStarted: revived}.get(type(observation))
        if event is not None:
            loop.call_soon_threadsafe(event.set)  # a start is observed in its thread

    settings = EmbeddedPostgresSettings(folder=folder, durable=False)
    async with asyncio.timeout(60), EmbeddedPostgres(settings, observe) as server:
        await revived.wait()
        revived.clear()
        first, data = server.pid, server.folders.data
        assert first is not None
        data.with_name("lock").rename(data.with_name("away"))
        data.with_name("lock").mkdir()
        keeping = asyncio.ensure_future(server.keep_alive())
        os.kill(first, signal.SIGQUIT)
        await failed.wait()
        data.with_name("lock").rmdir()
        await revived.wait()
        assert server.pid not in (None, first)
        with psycopg.connect(server.url) as connection:
            connection.execute("select 1")
        keeping.cancel()


async def test_an_orderly_stop_is_no_sudden_end(folder: Path, seen: list[Observation]) -> None:
    settings = EmbeddedPostgresSettings(folder=folder, durable=False)
    async with EmbeddedPostgres(settings, seen.append) as server:
        data = server.folders.data
    assert not (data / "postmaster.pid").exists()
    assert not [one for one in seen if isinstance(one, EmbeddedPostgresDied)]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
