"""What may stand in rooms.messages, whoever writes it."""

from __future__ import annotations

import psycopg
import pytest
from psycopg.errors import CheckViolation

from millstream.rooms.declaration import OWN_EVENTS
from millstream.socketio.packets import RESERVED_EVENTS
from tests.fixtures.postgres import Database


async def test_what_the_server_says_itself_is_nobody_elses_to_say(database: Database) -> None:
    async with await psycopg.AsyncConnection.connect(database.admin_url, autocommit=True) as connection:
        for event in sorted(OWN_EVENTS | RESERVED_EVENTS):
            with pytest.raises(CheckViolation):
                await connection.execute("select rooms.emit(%s, '{}')", [event])
        await connection.execute("select rooms.emit('notification', '{}')")
