"""`millstream users`: look at the accounts of a project and change them, by the same flows as the auth API's.

What cannot be undone asks first: ending sessions, and deleting an account. A running server learns of it through the
log, so nothing needs a restart.
"""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import Awaitable, Callable
from typing import Annotated, Any, TypeVar
from uuid import UUID

import typer
from rich.table import Table

from millstream.auth.auth import Auth, Client
from millstream.auth.flows.admin import (
    AccountValues,
    create_account,
    delete_account,
    list_accounts,
    update_account_as_admin,
)
from millstream.auth.flows.importing import import_account
from millstream.auth.store.sessions import SignOutScope, end_sessions, load_sessions
from millstream.auth.store.users import User, find_user, find_user_by_address
from millstream.cli.caller import UserUnknown
from millstream.cli.console import messages, output, show_done
from millstream.cli.database import command_database
from millstream.errors import MillstreamError
from millstream.postgres.pool import open_pool
from millstream.postgres.settings import Address
from millstream.server.project_settings import ProjectSettings

Answer = TypeVar("Answer")

_FOR_GOOD = "876000h"
_OPERATOR = Client(user_agent="millstream users")

Who = Annotated[str, typer.Argument(help="User id, or the e-mail address of an account.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask. For scripts.")]

users = typer.Typer(name="users", help="Look at the accounts of a project and change them.", no_args_is_help=True)


class RoleUnknown(MillstreamError):
    """Raised when an account shall get a database role that the server may not take."""

    code = "role_unknown"


@users.command("list")
def show_list(
    *,
    page: Annotated[int, typer.Option(min=1, help="Which page, the newest accounts first.")] = 1,
    per_page: Annotated[int, typer.Option(min=1, max=1000, help="Accounts on a page.")] = 50,
) -> None:
    """Show accounts."""
    found, total = _run(lambda auth: list_accounts(auth, page=page, per_page=per_page))
    output().print(_table(("id", "address", "role", "signed in", "state"), map(_row, found)))
    messages().print(f"{len(found)} of {total} accounts")


@users.command()
def create(
    address: Annotated[str, typer.Argument(help="E-mail address, which counts as confirmed.")],
    *,
    role: Annotated[str | None, typer.Option(help="Database role; by default authenticated.")] = None,
    generate_password: Annotated[bool, typer.Option(help="Make a password and print it instead of asking.")] = False,
) -> None:
    """Make an account with a password."""
    password = secrets.token_urlsafe(15) if generate_password else _ask_password()
    wanted = AccountValues(email=address, password=password, email_confirm=True, role=role)

    async def make(auth: Auth) -> dict[str, Any]:
        await _check_role(auth, role)
        return await create_account(auth, wanted, _OPERATOR)

    made = _run(make)
    show_done(f"made the account {made['id']} of {made['email']}")
    if generate_password:
        output().print(password)


@users.command()
def disable(who: Who, *, yes: Yes = False) -> None:
    """Refuse all sign-ins of an account and end its sessions."""
    _ask(f"All sessions of {who} end, on every device. Disable the account?", yes)
    _run(lambda auth: _change(auth, who, AccountValues(ban_duration=_FOR_GOOD)))
    show_done(f"disabled {who}")


@users.command()
def enable(who: Who) -> None:
    """Allow a disabled account to sign in again."""
    _run(lambda auth: _change(auth, who, AccountValues(ban_duration="none")))
    show_done(f"enabled {who}")


@users.command("role")
def set_role(
    who: Who,
    role: Annotated[str, typer.Argument(help="Database role that the account's tokens name.")],
    *,
    yes: Yes = False,
) -> None:
    """Give an account another database role; its sessions end, so that no token names the old one."""
    _ask(f"All sessions of {who} end, on every device. Set the role to {role}?", yes)

    async def change(auth: Auth) -> None:
        await _check_role(auth, role)
        await _change(auth, who, AccountValues(role=role))

    _run(change)
    show_done(f"{who} has the role {role}")


@users.command()
def sessions(
    who: Who, *, end: Annotated[bool, typer.Option("--end", help="End all of them.")] = False, yes: Yes = False
) -> None:
    """Show where an account is signed in, or sign it out everywhere."""
    if end:
        _ask(f"{who} is signed out on every device. End the sessions?", yes)
        show_done(f"ended {_run(lambda auth: _end_sessions(auth, who))} sessions of {who}")
        return
    found = _run(lambda auth: _sessions_of(auth, who))
    rows = (
        [row["id"], row["created_at"], row["refreshed_at"], row["aal"], row["ip"], row["user_agent"]] for row in found
    )
    output().print(_table(("session", "began", "refreshed", "level", "address", "device"), rows))


@users.command()
def delete(who: Who, *, yes: Yes = False) -> None:
    """Delete an account, with everything that tables keep only as long as it exists."""
    _ask(f"The account {who} and all that depends on it are lost. Delete it?", yes)

    async def remove(auth: Auth) -> None:
        await delete_account(auth, (await _user(auth, who)).id, soft=False, client=_OPERATOR)

    _run(remove)
    show_done(f"deleted {who}")


@users.command("import")
def import_accounts(
    file: Annotated[typer.FileText, typer.Argument(help="JSON lines: rows of auth.users, as `to_jsonb` prints them.")],
) -> None:
    """Take accounts over from Supabase, with their ids and their passwords; accounts that exist stay as they are."""

    async def take(auth: Auth) -> tuple[int, list[str]]:
        taken, refused = 0, []
        for number, line in enumerate(file, start=1):
            try:
                await import_account(auth, json.loads(line), _OPERATOR)
                taken += 1
            except (MillstreamError, ValueError) as error:
                refused.append(f"line {number}: {error}")
        return taken, refused

    taken, refused = _run(take)
    for reason in refused:
        messages().print(reason)
    show_done(f"took over {taken} accounts, left out {len(refused)}")
    if refused:
        raise typer.Exit(1)


def _run(work: Callable[[Auth], Awaitable[Answer]]) -> Answer:
    """Run something with the auth of the project, on its database."""

    async def run(settings: ProjectSettings, address: Address) -> Answer:
        async with open_pool(address, settings.database) as pool:
            auth = Auth(settings.auth, pool, issuer="")
            try:
                return await work(auth)
            finally:
                auth.close()

    with command_database() as database:
        return asyncio.run(run(database.settings, database.address))


async def _user(auth: Auth, who: str) -> User:
    async with auth.reading() as connection:
        if "@" in who:
            found = await find_user_by_address(connection, who.strip().lower())
        else:
            found = await find_user(connection, _id(who))
    if found is None:
        raise UserUnknown(f"There is no account {who}.", hint="`millstream users list` shows them.")
    return found


def _id(who: str) -> UUID:
    try:
        return UUID(who)
    except ValueError:
        raise UserUnknown(f"{who} is neither a user id nor an e-mail address.") from None


async def _change(auth: Auth, who: str, values: AccountValues) -> None:
    await update_account_as_admin(auth, (await _user(auth, who)).id, values, _OPERATOR)


async def _end_sessions(auth: Auth, who: str) -> int:
    user = await _user(auth, who)
    async with auth.transaction() as connection:
        return await end_sessions(connection, user.id, SignOutScope.GLOBAL, None)


async def _sessions_of(auth: Auth, who: str) -> list[dict[str, Any]]:
    user = await _user(auth, who)
    async with auth.reading() as connection:
        return await load_sessions(connection, user.id)


async def _check_role(auth: Auth, role: str | None) -> None:
    """Refuse a role that the server could not take for a request: its tokens would work nowhere."""
    if role is None:
        return
    async with auth.reading() as connection:
        cursor = await connection.execute(
            "select 1 from pg_roles where rolname = %s and pg_has_role(current_user, oid, 'member')", (role,)
        )
        if await cursor.fetchone() is None:
            raise RoleUnknown(f"The server may not take the database role {role}.", hint="Grant it to the login role.")


def _ask_password() -> str:
    return str(typer.prompt("Password", hide_input=True, confirmation_prompt=True, err=True))


def _ask(question: str, yes: bool) -> None:
    if not yes:
        typer.confirm(question, abort=True, err=True)


def _row(user: dict[str, Any]) -> list[Any]:
    states = {"disabled": "banned_until" in user, "guest": user["is_anonymous"], "deleted": "deleted_at" in user}
    state = next((name for name, applies in states.items() if applies), "")
    return [user["id"], user["email"], user["role"], user.get("last_sign_in_at"), state]


def _table(columns: tuple[str, ...], rows: Any) -> Table:
    table = Table(*columns, box=None)
    for row in rows:
        table.add_row(
            *(
                "" if value is None else f"{value:%Y-%m-%d %H:%M}" if hasattr(value, "year") else str(value)
                for value in row
            )
        )
    return table
