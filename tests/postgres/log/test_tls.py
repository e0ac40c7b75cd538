"""Each sslmode means what libpq means by it, and no password is given to the wrong server or in the clear."""

import asyncio
from dataclasses import replace

import pytest

from millstream.pgwire.errors import AuthenticationUnsupported, ProtocolViolation
from millstream.postgres.connection import Connection
from millstream.postgres.errors import DatabaseError, DatabaseUnreachable, TlsUnavailable
from millstream.postgres.settings import Address


@pytest.fixture
def strict(debian_database) -> Address:
    """Give the address of a database that takes TLS alone, with the certificate to verify it by."""
    return debian_database.address


@pytest.mark.debian_postgres
@pytest.mark.parametrize(
    ("mode", "rooted"),
    [
        ("allow", False),
        ("prefer", False),
        ("require", False),
        ("require", True),
        ("verify-ca", True),
        ("verify-full", True),
    ],
)
async def test_a_mode_that_fits_the_server_is_encrypted(strict, mode, rooted):
    connection = await Connection.connect(
        replace(strict, sslmode=mode, sslrootcert=strict.sslrootcert if rooted else None)
    )
    [result] = await connection.query("select ssl from pg_stat_ssl where pid = pg_backend_pid()")
    await connection.close()
    assert result.rows == [(b"t",)]


@pytest.mark.debian_postgres
async def test_disable_stays_plain_even_where_the_server_then_refuses(strict):
    with pytest.raises(DatabaseError, match="no encryption"):
        await Connection.connect(replace(strict, sslmode="disable"))


@pytest.mark.debian_postgres
@pytest.mark.parametrize("mode", ["verify-ca", "verify-full"])
async def test_an_unknown_certificate_is_refused_where_the_mode_verifies(strict, mode):
    with pytest.raises(TlsUnavailable, match="certificate"):
        await Connection.connect(replace(strict, sslmode=mode, sslrootcert="system"))


@pytest.mark.debian_postgres
async def test_another_host_name_is_refused_by_verify_full_alone(strict):
    with pytest.raises(TlsUnavailable, match="localhost"):
        await Connection.connect(replace(strict, host="localhost"))
    await (await Connection.connect(replace(strict, host="localhost", sslmode="verify-ca"))).close()


@pytest.mark.debian_postgres
async def test_an_unreadable_root_certificate_is_named(strict, tmp_path):
    with pytest.raises(TlsUnavailable, match="root certificate"):
        await Connection.connect(replace(strict, sslrootcert=str(tmp_path / "none.crt")))


@pytest.mark.debian_postgres
async def test_a_wrong_password_is_refused_by_the_server_and_a_missing_one_before(strict):
    with pytest.raises(DatabaseError) as refusal:
        await Connection.connect(replace(strict, password="wrong"))
    assert refusal.value.sqlstate == "28P01"
    with pytest.raises(AuthenticationUnsupported, match="none is given"):
        await Connection.connect(replace(strict, password=None))


@pytest.mark.debian_postgres
async def test_a_password_in_any_script_is_understood_as_the_server_understands_it(strict, debian_database):
    debian_database.run("drop role if exists scribe", "create role scribe login password 'péñcil\u00a0Ⅸ'")
    for spelling in ("péñcil\u00a0Ⅸ", "pe\u0301n\u0303cil IX"):
        await (await Connection.connect(replace(strict, user="scribe", password=spelling))).close()
    debian_database.run("drop role scribe")


class Impostor:
    """A server that reads one packet and answers with fixed bytes, whatever it was."""

    def __init__(self, answer: bytes) -> None:
        self._answer = answer
        self.heard = b""

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readexactly(8)
        writer.write(self._answer)
        self.heard = await reader.read()
        writer.close()

    async def deceive(self, mode: str) -> None:
        async with await asyncio.start_server(self._serve, "127.0.0.1", 0) as server:
            port = server.sockets[0].getsockname()[1]
            await Connection.connect(Address("127.0.0.1", port, "u", "secret", "d", mode), timeout_seconds=2)


async def test_a_server_without_tls_is_refused_where_the_mode_demands_it():
    with pytest.raises(TlsUnavailable, match="does not offer TLS"):
        await Impostor(b"N").deceive("require")


async def test_plain_bytes_smuggled_before_the_handshake_are_refused():
    with pytest.raises(TlsUnavailable):
        await Impostor(b"SR\0\0\0\x08\0\0\0\0").deceive("require")


@pytest.mark.parametrize(("method", "name"), [(b"\x03", "cleartext"), (b"\x05salt", "MD5")])
async def test_ways_that_give_the_password_away_are_refused_before_it_is_sent(method, name):
    body = b"\0\0\0" + method
    impostor = Impostor(b"R" + (len(body) + 4).to_bytes(4, "big") + body)
    with pytest.raises(AuthenticationUnsupported, match=name):
        await impostor.deceive("disable")
    assert b"secret" not in impostor.heard


async def test_a_server_that_speaks_something_else_is_refused():
    with pytest.raises(ProtocolViolation):
        await Impostor(b"HTTP/1.1 400 Bad Request\r\n").deceive("disable")


async def test_an_unknown_mode_is_named():
    with pytest.raises(TlsUnavailable, match="perhaps"):
        await Connection.connect(Address("127.0.0.1", 1, "u", None, "d", "perhaps"))


@pytest.mark.parametrize("mode", ["disable", "prefer"])
async def test_a_closed_port_is_unreachable_with_a_remedy(mode):
    async with await asyncio.start_server(lambda *_: None, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
    with pytest.raises(DatabaseUnreachable, match="Is PostgreSQL running"):
        await Connection.connect(Address("127.0.0.1", port, "u", None, "d", mode))


async def test_a_missing_socket_is_unreachable_with_a_remedy(tmp_path):
    with pytest.raises(DatabaseUnreachable, match="Is PostgreSQL running"):
        await Connection.connect(Address(str(tmp_path), 5432, "u", None, "d"))
