"""The data folder of the embedded PostgreSQL: made once by `initdb`, refused when it is not ours or not this version's.

A folder is made under another name and renamed when it is whole, so that an interrupted start leaves nothing half
made. Authentication: no password on the Unix socket, which lies in a folder that only its user (and root) can enter;
SCRAM-SHA-256 over TCP.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Mapping

from millstream.server.embedded_account import Account
from millstream.server.embedded_binaries import CLEAN_ENVIRONMENT, Binaries
from millstream.server.embedded_folders import SOCKET_PORT, Folders
from millstream.server.embedded_settings import DataFolderUnusable, EmbeddedPostgresSettings, PostgresNotStarted

ADMINISTRATOR = "postgres"

# Defaults of a new cluster, written to its postgresql.conf, where an operator may change them.
NEW_CLUSTER = {
    "timezone": "UTC",
    "max_connections": "250",  # an application may hold some thirty, and several share the server
    "max_wal_senders": "20",
    "max_replication_slots": "20",
    "max_slot_wal_keep_size": "4GB",  # a slot that nobody reads must not fill the disk
    "jit": "off",  # compiling costs more than it saves on short statements
    "log_checkpoints": "off",
    "log_min_messages": "log",  # errors of statements go to who sent them
}
NOT_DURABLE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


def required_parameters(settings: EmbeddedPostgresSettings, folders: Folders) -> Mapping[str, str]:
    """Return what must hold whatever the cluster's own configuration says: given on the command line at each start."""
    return {
        "wal_level": "logical",
        "unix_socket_directories": str(folders.socket),
        "unix_socket_permissions": "0700",
        "listen_addresses": "" if settings.port is None else "127.0.0.1",
        "port": str(settings.port or SOCKET_PORT),
        "password_encryption": "scram-sha-256",
        **({} if settings.durable else NOT_DURABLE),
        **settings.parameters,
    }


def ensure_cluster(settings: EmbeddedPostgresSettings, folders: Folders, binaries: Binaries, account: Account) -> bool:
    """Make the data folder when there is none; say whether it was made. The caller holds the folder's lock."""
    if not folders.data.exists():
        _initialise(settings, folders, binaries, account)
        return True
    _check_owner(folders, account)
    _check_version(folders, binaries)
    return False


def _initialise(settings: EmbeddedPostgresSettings, folders: Folders, binaries: Binaries, account: Account) -> None:
    unfinished = folders.data.with_suffix(".part")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(mode=0o700)
    account.give(unfinished)
    command = [binaries.program("initdb"), "--pgdata", str(unfinished), "--username", ADMINISTRATOR]
    command += ["--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    command += ["--auth-local=trust", "--auth-host=scram-sha-256"]
    command += [f"--set={name}={value}" for name, value in NEW_CLUSTER.items()]
    command += [] if settings.durable else ["--no-sync"]
    made = subprocess.run(  # noqa: S603 -- our own program, no shell
        command, check=False, capture_output=True, text=True, cwd="/", env=CLEAN_ENVIRONMENT, **account.child_user
    )
    if made.returncode != 0:
        shutil.rmtree(unfinished, ignore_errors=True)
        raise PostgresNotStarted(
            f"The data folder {folders.data} of the embedded PostgreSQL could not be made.",
            details=made.stderr.strip() or made.stdout.strip(),
            hint=f"initdb said: {_last_line(made.stderr)}",
        )
    unfinished.rename(folders.data)


def _check_owner(folders: Folders, account: Account) -> None:
    if folders.data.stat().st_uid != account.uid:
        raise DataFolderUnusable(
            f"The data folder {folders.data} belongs to another user than {account.name}.",
            hint="Start Millstream as the user that made it, or set MILLSTREAM_POSTGRES_FOLDER to another folder.",
        )


def _check_version(folders: Folders, binaries: Binaries) -> None:
    try:
        made_by = (folders.data / "PG_VERSION").read_text().strip()
    except FileNotFoundError:
        raise DataFolderUnusable(
            f"The folder {folders.data} is no data folder of PostgreSQL.",
            hint="Move it away, or set MILLSTREAM_POSTGRES_FOLDER to another folder.",
        ) from None
    if made_by != str(binaries.major):
        raise DataFolderUnusable(
            f"The data folder {folders.data} was made by PostgreSQL {made_by}; the binaries are {binaries.major}.",
            hint="Carry the data over with pg_dump of the old version, or move the folder away to start anew.",
        )


def _last_line(text: str) -> str:
    return (text.strip().splitlines() or ["nothing"])[-1]
