"""Who may join the topic of a live view: its own `may_watch` decides, not the policies on `realtime.messages`.

Asked by `channels` in the place of `policy.topic_access`, which goes on judging every other topic. Nobody may write to
a view's topic, so that whatever comes from it is the view.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from millstream.identity import Claims
from millstream.live_views.queries import ViewQueries
from millstream.live_views.view import LiveView, name_in
from millstream.observe import Observer
from millstream.policy.settings import PolicySettings
from millstream.policy.topic_access import Extension, TopicAccess
from millstream.postgres.pipeline import PipelinePool


class ViewAccess(TopicAccess):
    """The judge of all topics, those of views included."""

    def __init__(
        self,
        pool: PipelinePool,
        views: Mapping[str, LiveView],
        queries: ViewQueries,
        *,
        settings: PolicySettings,
        observe: Observer,
    ) -> None:
        super().__init__(pool, settings=settings, observe=observe)
        self._views = views
        self._queries = queries

    async def readable(self, claims: Claims, topic: str, extensions: Sequence[Extension]) -> frozenset[Extension]:
        """Return the broadcasts of a view to whom may watch it; answer for any other topic as before."""
        view = self._views.get(name_in(topic) or "")
        if view is None:
            return await super().readable(claims, topic, extensions)
        key = view.parse_key(topic)
        if key is None or not await self._queries.may_watch(view, key, claims):
            return frozenset()
        return frozenset({Extension.BROADCAST})

    async def writable(self, claims: Claims, topic: str, extension: Extension) -> bool:
        """Answer no for a view."""
        if (name_in(topic) or "") in self._views:
            return False
        return await super().writable(claims, topic, extension)
