"""How many sockets a server makes room for: those of channels, and those of rooms where the application has any."""

from __future__ import annotations

from millstream.channels.settings import ChannelSettings
from millstream.cli.running import sockets_of
from millstream.rooms.settings import RoomSettings
from millstream.server.process import Sockets
from millstream.server.project_settings import ProjectSettings


def test_rooms_count_where_the_application_has_any() -> None:
    limits = {"channels": ChannelSettings(max_sockets=100), "rooms": RoomSettings(max_connections=30)}
    found = {
        app: sockets_of(ProjectSettings(name="p", app=app, **limits)).allowed for app in (None, "bookings", "studyspot")
    }
    assert found == {None: 100, "bookings": 100, "studyspot": 130}


def test_only_numbers_that_were_set_are_asked_for() -> None:
    assert sockets_of(ProjectSettings(name="p", app="studyspot")) == Sockets(asked=0, allowed=30_000)
    rooms = RoomSettings(max_connections=30)
    assert sockets_of(ProjectSettings(name="p", app="studyspot", rooms=rooms)) == Sockets(asked=30, allowed=10_030)
