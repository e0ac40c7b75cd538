"""SQL files, applied: numbered ones once and in order, repeatable ones again whenever their text changes.

A `MigrationSource` is a folder `sql/`: Millstream's own or an application's. `migrations/0001_name.sql` … are applied
once each; every other `.sql` file is repeatable (functions, policies: whole and current) and is applied after them, in
the order of its path. A source may call what the sources before it made, such as the macros of the kit: where their
repeatable files changed, its own are applied again. One file is one transaction, recorded in `millstream.migrations`
with its checksum.

Synchronous: it runs before the server serves, on a connection of the login role, which then owns what was made. Many
may call at once; an advisory lock lets one after the other.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import ClassVar

import psycopg

from millstream.errors import MillstreamError
from millstream.observe import Observation, Observer, ignore
from millstream.postgres import sqlstate
from millstream.postgres.settings import SEARCH_PATH
from millstream.postgres.sql_script import ScriptStatement, split_statements

_NUMBERED = re.compile(r"\d{4,}_[a-z0-9_]+\.sql")
_FOLDER = "migrations"
_LEDGER = """
create table if not exists millstream.migrations (
  source text not null,
  file text not null,
  checksum text not null,
  applied_at timestamptz not null default now(),
  constraint migrations_pkey primary key (source, file)
)
"""
# A file is a transaction already; files written for psql often open their own.
_TRANSACTION_WORDS = re.compile(r"(begin|commit|end|start)(\s+(transaction|work))?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class MigrationSource:
    """A folder of SQL files under the name by which its files are recorded."""

    name: str
    folder: Traversable
    leave_out: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class MigrationApplied(Observation):
    """A file was applied and committed."""

    source: str
    file: str
    statements: int


class MigrationFailed(MillstreamError):
    """Raised when a statement of a file fails; nothing of the file was kept, the files before it were."""

    code: ClassVar[str] = "migration_failed"


class MigrationChanged(MillstreamError):
    """Raised when a numbered file was edited after it had been applied, or no longer exists under its name."""

    code: ClassVar[str] = "migration_changed"


class NotBootstrapped(MillstreamError):
    """Raised when no administrator has prepared the database yet."""

    code: ClassVar[str] = "not_bootstrapped"


@dataclass(frozen=True, slots=True)
class _File:
    path: str
    text: str
    repeatable: bool
    foundation: str = ""

    @property
    def checksum(self) -> str:
        return hashlib.sha256((self.foundation + self.text).encode()).hexdigest()


def millstream_source() -> MigrationSource:
    """Return Millstream's own SQL, which comes before any application's."""
    return MigrationSource("millstream", files("millstream.postgres") / "sql", frozenset({"bootstrap.sql"}))


def migrate(
    connection: psycopg.Connection, sources: Sequence[MigrationSource], *, observe: Observer = ignore
) -> list[MigrationApplied]:
    """Bring the database up to date and return what was applied, in order; nothing when it was up to date.

    `connection` is the login role's, in autocommit mode. Raises MigrationFailed naming file, line and SQLSTATE.
    """
    applied: list[MigrationApplied] = []
    connection.execute("select pg_advisory_lock(hashtext('millstream.migrations'))")
    try:
        _make_ledger(connection)
        for source, found in _readings(sources):
            for file in _due(source, found, _recorded(connection, source.name)):
                applied.append(_apply(connection, source, file))
                observe(applied[-1])
    finally:
        if not connection.closed:
            connection.execute("select pg_advisory_unlock(hashtext('millstream.migrations'))")
    return applied


def pending(connection: psycopg.Connection, sources: Sequence[MigrationSource]) -> list[str]:
    """Return `source/file` of what `migrate` would apply; changes nothing."""
    made = connection.execute("select to_regclass('millstream.migrations') is not null").fetchone()
    is_new = made is None or not made[0]
    return [
        f"{source.name}/{file.path}"
        for source, found in _readings(sources)
        for file in _due(source, found, {} if is_new else _recorded(connection, source.name))
    ]


def _make_ledger(connection: psycopg.Connection) -> None:
    try:
        connection.execute(_LEDGER)
    except (psycopg.errors.InvalidSchemaName, psycopg.errors.InsufficientPrivilege) as error:
        raise NotBootstrapped(
            f"The database {connection.info.dbname} is not prepared for Millstream.",
            details=error.diag.message_primary,
            hint="Run `millstream migrate --bootstrap` once as an administrator.",
        ) from error


def _recorded(connection: psycopg.Connection, source: str) -> dict[str, str]:
    rows = connection.execute("select file, checksum from millstream.migrations where source = %s", (source,))
    return {str(file): str(checksum) for file, checksum in rows}


def _readings(sources: Sequence[MigrationSource]) -> Iterator[tuple[MigrationSource, list[_File]]]:
    """Yield each source with its files; the checksums of repeatable ones cover those of all sources before it."""
    foundation = ""
    for source in sources:
        found = [
            replace(file, foundation=foundation) if file.repeatable else file
            for file in _files(source.folder)
            if file.path not in source.leave_out
        ]
        yield source, found
        checksums = [file.checksum for file in found if file.repeatable]
        foundation = hashlib.sha256("".join([foundation, *checksums]).encode()).hexdigest()


def _due(source: MigrationSource, found: Sequence[_File], recorded: dict[str, str]) -> list[_File]:
    """Choose the files to apply: numbered ones that are not recorded, then repeatable ones with another checksum."""
    numbered = [file for file in found if not file.repeatable]
    for file in numbered:
        if recorded.get(file.path, file.checksum) != file.checksum:
            raise MigrationChanged(
                f"{source.name}/{file.path} was changed after it had been applied.",
                hint="Restore it and put the change into a new numbered file.",
            )
    return [file for file in numbered if file.path not in recorded] + [
        file for file in found if file.repeatable and recorded.get(file.path) != file.checksum
    ]


def _files(folder: Traversable, prefix: str = "") -> Iterator[_File]:
    """Yield a folder's SQL files in the order of their paths, numbered ones included."""
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
        path = prefix + entry.name
        if entry.is_dir():
            yield from _files(entry, f"{path}/")
        elif entry.name.endswith(".sql"):
            is_numbered = prefix == f"{_FOLDER}/"
            if is_numbered and not _NUMBERED.fullmatch(entry.name):
                raise MigrationFailed(
                    f"{path} is no name of a migration.", hint="Name it like migrations/0001_tables.sql."
                )
            yield _File(path, entry.read_text(encoding="utf-8"), repeatable=not is_numbered)


def _apply(connection: psycopg.Connection, source: MigrationSource, file: _File) -> MigrationApplied:
    statements = [one for one in split_statements(file.text) if not _TRANSACTION_WORDS.fullmatch(one.text)]
    with connection.transaction():
        connection.execute(f"set local search_path = {SEARCH_PATH}")
        for statement in statements:
            try:
                connection.execute(statement.text.encode())
            except psycopg.Error as error:
                raise _failed(source, file, statement, error) from error
        connection.execute(
            "insert into millstream.migrations (source, file, checksum) values (%s, %s, %s) "
            "on conflict on constraint migrations_pkey "
            "do update set checksum = excluded.checksum, applied_at = now()",
            (source.name, file.path, file.checksum),
        )
    return MigrationApplied(source.name, file.path, len(statements))


def _failed(source: MigrationSource, file: _File, statement: ScriptStatement, error: psycopg.Error) -> MigrationFailed:
    """Name the place: the position that PostgreSQL gives, or else the line on which the statement begins."""
    said = error.diag
    position = int(said.statement_position or 1) - 1
    line = statement.line + statement.text.count("\n", 0, position)
    remedy = _REMEDIES.get(error.sqlstate or "", said.message_hint)
    return MigrationFailed(
        f"{source.name}/{file.path}, line {line}: {said.message_primary or error} (SQLSTATE {error.sqlstate}).",
        details=said.message_detail or said.context,
        hint=remedy,
    )


_REMEDIES = {
    sqlstate.INSUFFICIENT_PRIVILEGE: "The login role lacks this right: let `millstream migrate --bootstrap` or an "
    "administrator give it.",
    sqlstate.LOCK_NOT_AVAILABLE: "Somebody else holds a lock on this table: try again when he is done.",
}
