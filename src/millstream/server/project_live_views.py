"""A project's live views, put together: their questions, who may ask them, and how their values leave.

Called by `server.live`; joins `live_views` and `channels`, which do not know each other.
"""

from __future__ import annotations

from collections.abc import Sequence

import psycopg

from millstream.channels.topics import fan_out
from millstream.channels.topics.groups import Topic
from millstream.live_views.errors import LiveViewInvalid
from millstream.live_views.live_views import LiveViews
from millstream.live_views.queries import ViewQueries
from millstream.live_views.view import LiveView
from millstream.live_views.watcher import Watcher
from millstream.observe import Observer
from millstream.phoenix.connection import TOPIC_PREFIX
from millstream.postgres.published_tables import publish_tables
from millstream.pubsub import Hub
from millstream.server.connections import Connections
from millstream.server.project_settings import ProjectSettings

PUBLICATION = "millstream_live_views"


class ViewBroadcasts:
    """The values of views as broadcasts: encoded once for all who watch."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub

    def publish(self, topic: str, event: str, payload: bytes) -> None:
        """Send to all who listen to a private topic, named without its prefix."""
        name = TOPIC_PREFIX + topic
        fan_out.publish(self._hub, Topic(name, True), fan_out.text(name, fan_out.payload_of(event, payload)))

    def push(self, watcher: Watcher, event: str, payload: bytes) -> None:
        """Send to one of them."""
        watcher.push("broadcast", fan_out.payload_of(event, payload))


async def build_live_views(
    settings: ProjectSettings, connections: Connections, views: Sequence[LiveView], hub: Hub, observe: Observer
) -> LiveViews:
    """Put them together and have their tables published; nothing runs until `run` does. Raises LiveViewInvalid."""
    queries = ViewQueries(connections.views, settings.live_views, observe)
    built = LiveViews(views, queries=queries, wire=ViewBroadcasts(hub), settings=settings.live_views, observe=observe)
    try:
        await publish_tables(connections.pool, PUBLICATION, built.tables)
    except psycopg.Error as error:
        raise LiveViewInvalid(
            f"The tables of the live views cannot be followed: {error.diag.message_primary or error}.",
            hint="`reads` and `rights` name tables that the server's role owns.",
        ) from error
    return built
