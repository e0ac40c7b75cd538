"""Figures of claims that stay current on the dashboards of their place: counts and sums of now, hours that are busy.

Live views with the id of a place as their parameter. A place has a `timezone` and a `currency`; days are those of its
clocks. What is given in SQL may name the columns of a claim.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from millstream.app import LiveView, Reads, reads


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimsOfPlace:
    """The table `claims`, whose column `place` leads to the table `places` and names the parameter.

    `starts` is when a claim begins; those count for which `where` holds. `may_watch` and `rights` are those of the
    views.
    """

    claims: str
    places: str
    place: str
    starts: str
    may_watch: str
    rights: Sequence[Reads]
    where: str = "true"

    def figures(
        self,
        name: str,
        *,
        counts: Mapping[str, str],
        sums: Mapping[str, str],
        revenue: str,
        more: Mapping[str, str] | None = None,
        also: Sequence[str] = (),
        days: int = 31,
    ) -> LiveView:
        """Return one row: `counts` of claims and `sums` of their `revenue`, by conditions, and `more` by expressions.

        They may say `today` and `this_week`, the last seven days. Claims count from so many days ago on; `also` are
        further tables, with the column `place`, that the expressions read.
        """
        columns = {
            **{column: f"count(*) filter (where {condition})" for column, condition in counts.items()},
            **{column: f"coalesce(sum(revenue) filter (where {condition}), 0)" for column, condition in sums.items()},
            **(more or {}),
            "currency": "(select currency from place)",
        }
        query = f"""
          with place as (select id, timezone, currency from {self.places} where id = %({self.place})s),
          near as (
            select c.*, {revenue} as revenue,
              timezone(place.timezone, c.{self.starts})::date = timezone(place.timezone, now())::date as today,
              c.{self.starts} between now() - interval '7 days' and now() as this_week
            from place join {self.claims} as c on c.{self.place} = place.id
            where c.{self.starts} > now() - interval '{days} days' and {self.where}
          )
          select {", ".join(f"{expression} as {column}" for column, expression in columns.items())} from near
        """
        return self._view(name, query, [self.claims, *also], refresh_seconds=60)

    def busy_hours(self, name: str, *, ends: str, resources: str, came: Sequence[str], weeks: int = 4) -> LiveView:
        """Return rows of `weekday` (1 is Monday), `hour` and `percent`: how much of the active `resources` was in use.

        `came` are the statuses of claims that were used, until `ends`; `resources` has the column `place`, too.
        """
        statuses = ", ".join(f"'{status}'" for status in came)
        query = f"""
          with place as (
            select p.id, p.timezone,
              (select count(*) from {resources} where {self.place} = p.id and active) as resources
            from {self.places} as p where p.id = %({self.place})s
          ),
          stays as (
            select place.resources, timezone(place.timezone, c.{self.starts}) as began,
              timezone(place.timezone, c.{ends}) as ended
            from place join {self.claims} as c on c.{self.place} = place.id
            where c.status in ({statuses}) and c.{ends} > c.{self.starts} and {self.where}
              and c.{self.starts} between now() - interval '{weeks} weeks' and now()
          )
          select extract(isodow from slot)::integer as weekday, extract(hour from slot)::integer as hour,
            least(round(100 * sum(extract(epoch from least(ended, slot + interval '1 hour') - greatest(began, slot)))
              / nullif(max(resources) * {weeks} * 3600, 0)), 100)::integer as percent
          from stays cross join
            generate_series(date_trunc('hour', began), ended - interval '1 microsecond', interval '1 hour') as slot
          group by 1, 2 order by 1, 2
        """
        return self._view(name, query, [self.claims], refresh_seconds=300, settle_seconds=30)

    def _view(
        self,
        name: str,
        query: str,
        tables: Sequence[str],
        *,
        refresh_seconds: float,
        settle_seconds: float | None = None,
    ) -> LiveView:
        return LiveView(
            name=name,
            parameters={self.place: UUID},
            query=query,
            may_watch=self.may_watch,
            reads=[reads(table, **{self.place: self.place}) for table in tables],
            rights=self.rights,
            refresh_seconds=refresh_seconds,
            settle_seconds=settle_seconds,
        )
