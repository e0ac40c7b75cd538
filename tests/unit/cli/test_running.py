"""How many sockets a server makes room for: those of channels, and those of rooms where the application has any."""

from __future__ import annotations

from millstream.channels.settings import ChannelSettings
from millstream.cli.running import most_sockets
from millstream.rooms.settings import RoomSettings
from millstream.server.project_settings import ProjectSettings


def test_rooms_count_where_the_application_has_any() -> None:
    limits = {"channels": ChannelSettings(max_sockets=100), "rooms": RoomSettings(max_connections=30)}
    found = {app: most_sockets(ProjectSettings(name="p", app=app, **limits)) for app in (None, "bookings", "studyspot")}
    assert found == {None: 100, "bookings": 100, "studyspot": 130}
