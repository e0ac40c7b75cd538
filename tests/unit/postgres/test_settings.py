"""A connection string becomes an address, and never shows its password."""

from __future__ import annotations

import pytest

from millstream.postgres.settings import Address, DatabaseSettings, DatabaseUrlInvalid, address_of


def test_a_url_is_read_whole() -> None:
    url = "postgresql://me:p%40ss@db.example.com:5433/app?sslmode=verify-full&sslrootcert=/etc/ca.crt"
    assert address_of(url) == Address(
        host="db.example.com",
        port=5433,
        user="me",
        password="p@ss",
        database="app",
        sslmode="verify-full",
        sslrootcert="/etc/ca.crt",
    )


def test_a_socket_folder_is_a_host() -> None:
    address = address_of("postgresql://me@/app?host=/run/db&port=5433")
    assert (address.host, address.port, address.is_socket) == ("/run/db", 5433, True)


def test_what_is_left_out_has_a_default() -> None:
    address = address_of("host=h user=me")
    assert (address.port, address.database, address.password, address.sslmode) == (5432, "me", None, "prefer")
    assert address_of("").host == "127.0.0.1"


def test_an_address_is_written_as_it_was_read() -> None:
    address = address_of("postgresql://me:it's%20mine@h/app")
    assert address_of(address.conninfo) == address
    assert address.in_database("other").database == "other"


@pytest.mark.parametrize("url", ["nonsense", "postgresql://h:port/x", "host=h unknown=1"])
def test_what_is_no_connection_string_is_refused_without_repeating_it(url: str) -> None:
    with pytest.raises(DatabaseUrlInvalid) as caught:
        address_of(url)
    assert url not in str(caught.value)


def test_no_representation_shows_a_password() -> None:
    url = "postgresql://me:secret@h/app"
    assert "secret" not in repr(address_of(url)) + repr(DatabaseSettings(url=url))
