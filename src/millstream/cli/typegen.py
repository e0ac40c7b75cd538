"""`millstream typegen`: TypeScript types of the exposed schemas, for `createClient<Database>` of supabase-js."""

from __future__ import annotations

import asyncio
import difflib
from pathlib import Path
from typing import Annotated, Any

import psycopg
import typer

from millstream.cli.console import show_done
from millstream.cli.database import CommandDatabase, command_database, connect
from millstream.errors import MillstreamError
from millstream.postgrest.typescript.described import Described
from millstream.postgrest.typescript.document import typescript
from millstream.rest.schema.type_catalog import describe_types


class TypesOutdated(MillstreamError):
    """Raised when a file of types does not say what the schema says."""

    code = "types_outdated"


class SchemaMissing(MillstreamError):
    """Raised when a schema is named that the database does not have."""

    code = "schema_missing"


def typegen(
    *,
    schema: Annotated[
        list[str] | None, typer.Option(help="Schema to describe, may be repeated; by default the exposed ones.")
    ] = None,
    output: Annotated[Path | None, typer.Option(help="File to write; by default standard output.")] = None,
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; end with 1 when the file of --output is not current.")
    ] = False,
) -> None:
    """Write TypeScript types of the database of DATABASE_URL, or of the embedded one."""
    if check and output is None:
        raise typer.BadParameter("--check needs the file: add --output.")
    with command_database() as database:
        schemas = tuple(schema or database.settings.data_api.schemas)
        connect(database.url).close()
        text = typescript(asyncio.run(_described(database, schemas)), schemas)
    if output is None:
        typer.echo(text, nl=False)
    elif check:
        _compare(output, text)
    else:
        output.write_text(text, encoding="utf-8")
        show_done(f"wrote {output}")


async def _described(database: CommandDatabase, schemas: tuple[str, ...]) -> Described:
    async with await psycopg.AsyncConnection.connect(database.address.conninfo, autocommit=True) as connection:
        await _refuse_unknown(connection, schemas)
        return await describe_types(connection, schemas)


async def _refuse_unknown(connection: psycopg.AsyncConnection[Any], schemas: tuple[str, ...]) -> None:
    cursor = await connection.execute(
        "select name from unnest(%s::text[]) name where to_regnamespace(quote_ident(name)) is null", [list(schemas)]
    )
    missing = [str(name) for (name,) in await cursor.fetchall()]
    if missing:
        raise SchemaMissing(f"The database has no schema {', '.join(missing)}.")


def _compare(file: Path, text: str) -> None:
    present = file.read_text(encoding="utf-8") if file.exists() else ""
    if present == text:
        show_done(f"{file} is current")
        return
    changed = [
        line
        for line in difflib.unified_diff(present.splitlines(), text.splitlines(), lineterm="", n=0)
        if line.startswith(("+", "-")) and not line.startswith(("+++", "---"))
    ]
    raise TypesOutdated(
        f"{file} does not say what the schema says; {len(changed)} lines differ.",
        details="\n".join(changed[:20]),
        hint=f"Run millstream typegen --output {file}.",
    )
