"""Plans and renders a request as the data API does, without a database."""

from __future__ import annotations

from dataclasses import dataclass

from millstream.postgrest.payload import Payload, read_payload
from millstream.postgrest.plan import Plan
from millstream.postgrest.planner import PlannerSettings, plan
from millstream.postgrest.query_params import shape_of
from millstream.postgrest.request import Head, Request, parse
from millstream.postgrest.schema_cache import SchemaCache
from millstream.postgrest.sql import Rendered, render
from millstream.postgrest.sql.writer import bind
from tests.unit.postgrest.schemas import CACHE


@dataclass(frozen=True)
class Asked:
    request: Request
    plan: Plan
    rendered: Rendered
    parameters: tuple[str | bytes | None, ...]

    @property
    def sql(self) -> str:
        return self.rendered.main.text


def ask(
    target: str,
    method: str = "GET",
    body: bytes = b"",
    *,
    cache: SchemaCache = CACHE,
    settings: PlannerSettings | None = None,
    **headers: str,
) -> Asked:
    """Plan and render a request for a path with its query string."""
    path, _, query = target.partition("?")
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    head = Head.from_headers(method, path, named)
    raw = query.encode()
    request = parse(head, raw, ("public", "private"), cache.timezones)
    payload = Payload(None)
    if method in {"POST", "PATCH", "PUT"}:
        payload = read_payload(body, request.content_type, request.query.columns)
    planned = plan(request, payload, cache, settings or PlannerSettings())
    rendered = render(planned)
    shape = shape_of(raw, arguments=request.is_function and request.is_read)
    return Asked(request, planned, rendered, bind(rendered.main.parameters, shape.values, payload.body))
