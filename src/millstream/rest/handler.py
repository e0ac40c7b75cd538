"""The data API of one project: answers one HTTP request with one round trip to PostgreSQL.

Receives `Call` from `asgi.rest` with verified claims; hands back a `Response`, errors included. What a request means
is planned once for each shape and kept (`caches`), and so is what its transaction begins with.

When full: the pool makes requests wait, then refuses them with PGRST003. Cancelling a request cancels its statement.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from millstream.identity import Claims
from millstream.observe import Observer, ignore
from millstream.postgres.pipeline import PipelinePool
from millstream.postgrest.database_errors import sql_error_response
from millstream.postgrest.errors import DialectError
from millstream.postgrest.payload import Payload, read_payload
from millstream.postgrest.planner import PlannerSettings, find_table, plan
from millstream.postgrest.request import Head, Request, parse
from millstream.postgrest.response import Response, build_response, error_response
from millstream.postgrest.schema_cache import Name, SchemaCache
from millstream.postgrest.sql import render
from millstream.postgrest.sql.writer import identifier
from millstream.rest.caches.plan_cache import NO_BODY, Asked, PlanCache, Prepared
from millstream.rest.caches.sent_headers import SentHeaders
from millstream.rest.observations import DataRequestAnswered
from millstream.rest.openapi import describe_schema
from millstream.rest.request_limits import RequestLimits
from millstream.rest.settings import DataApiSettings
from millstream.rest.transaction.runner import Job, Opening, Runner, SqlRefused

LSN_HEADER = "Millstream-Lsn"
_WITHOUT_BODY = frozenset({"GET", "HEAD", "DELETE"})


@dataclass(slots=True)
class Call:
    """An HTTP request to the data API. `path` is below the mount, header names are in lower case.

    `authenticated_in` is how many seconds it took to find out who is calling.
    """

    method: str
    path: str
    query: bytes
    headers: SentHeaders
    body: bytes = b""
    authenticated_in: float = 0.0


class Timing:
    """How long each step of one request took, for the header `Server-Timing`."""

    __slots__ = ("_last", "_steps")

    def __init__(self, authenticated_in: float) -> None:
        self._steps = [("jwt", authenticated_in)]
        self._last = time.perf_counter()

    def step(self, name: str) -> None:
        """Say that a step has just ended."""
        now = time.perf_counter()
        self._steps.append((name, now - self._last))
        self._last = now

    def header(self) -> str:
        """Return the value of the header, in milliseconds."""
        return ", ".join(f"{name};dur={seconds * 1000:.1f}" for name, seconds in self._steps)


class _Untimed(Timing):
    """Where nobody asks how long it took."""

    def step(self, name: str) -> None:
        """Take no time over it."""


_UNTIMED = _Untimed(0.0)


class DataApi:
    """Answers the requests of one project. `schema_cache` returns the current cache or raises `SchemaCacheMissing`."""

    def __init__(
        self,
        pool: PipelinePool,
        settings: DataApiSettings,
        schema_cache: Callable[[], SchemaCache],
        observe: Observer = ignore,
    ) -> None:
        self.settings = settings
        self.limits = RequestLimits(settings, time.monotonic)
        self._schema_cache = schema_cache
        self._observe = observe
        self._runner = Runner(pool, pre_request=settings.pre_request, snapshot_lsn=settings.snapshot_lsn)
        self._planner_settings = PlannerSettings(settings.max_rows, settings.aggregates_enabled, settings.plan_enabled)
        self._plans = PlanCache(SchemaCache(), settings.plan_cache_size, self._parse)
        self._schemas = 0
        self._paths = ",".join(identifier(name) for name in settings.extra_search_path)

    async def answer(self, call: Call, claims: Claims) -> Response:
        """Answer a request as the caller. Never raises for what a client or the database did wrong."""
        started = time.monotonic()
        timing = Timing(call.authenticated_in) if self.settings.server_timing else _UNTIMED
        error: str | None = None
        try:
            response = await self._answer(call, claims, timing)
        except DialectError as refused:
            response, error = error_response(refused), refused.code
        except SqlRefused as refused:
            authenticated = claims.role != self.settings.anonymous_role
            response, error = sql_error_response(refused.error, authenticated=authenticated), refused.error.sqlstate
        self._add_headers(call, response, timing)
        self._observe(DataRequestAnswered(call.method, call.path, response.status, time.monotonic() - started, error))
        return response

    def _add_headers(self, call: Call, response: Response, timing: Timing) -> None:
        trace = self.settings.trace_header
        if trace and (value := call.headers.get(trace.lower())):
            response.headers.append((trace, value))
        if self.settings.server_timing:
            timing.step("response")
            response.headers.append(("Server-Timing", timing.header()))

    async def _answer(self, call: Call, claims: Claims, timing: Timing) -> Response:
        plans = self._current_plans()
        asked = plans.find(Head.from_headers(call.method, call.path, call.headers), call.query)
        request = asked.shaped.request
        timing.step("parse")
        if call.method == "OPTIONS":
            return _options(request, plans.schema)
        opening = self._opening(call, request, plans.schema, claims)
        if request.is_root:
            timing.step("plan")
            described = await describe_schema(request, plans.schema, self.settings, self._runner, opening)
            timing.step("transaction")
            return described
        payload = NO_BODY
        if call.method not in _WITHOUT_BODY:
            payload = read_payload(call.body, request.content_type, request.query.columns)
        prepared = asked.shaped.prepared(payload, self._prepare)
        timing.step("plan")
        outcome, lsn = await self._runner.run(self._job(asked, prepared, payload, opening))
        timing.step("transaction")
        response = build_response(request, prepared.plan, outcome, asked.headers(prepared.plan))
        if lsn is not None:
            response.headers.append((LSN_HEADER, str(lsn)))
        return response

    def _current_plans(self) -> PlanCache:
        cache = self._schema_cache()
        if self._plans.schema is not cache:
            self._plans = PlanCache(cache, self.settings.plan_cache_size, self._parse)
            self._schemas += 1
        return self._plans

    def _parse(self, head: Head, query: bytes, cache: SchemaCache) -> Request:
        request = parse(head, query, self.settings.schemas, cache.timezones)
        if self.settings.tx_end.endswith("-allow-override"):
            return request
        return replace(request, preferences=replace(request.preferences, transaction=None))

    def _prepare(self, request: Request, payload: Payload) -> Prepared:
        planned = plan(request, payload, self._plans.schema, self._planner_settings)
        return Prepared(planned, render(planned))

    def _job(self, asked: Asked, prepared: Prepared, payload: Payload, opening: Opening) -> Job:
        rendered = prepared.rendered
        estimate = rendered.estimate
        return Job(
            prepared.plan,
            rendered,
            asked.main_statement(rendered.main, payload),
            None if estimate is None else asked.statement(estimate, payload),
            opening,
            self._commits(asked.shaped.request),
        )

    def _commits(self, request: Request) -> bool:
        asked = request.preferences.transaction
        return asked == "commit" if asked is not None else self.settings.tx_end.startswith("commit")

    def _opening(self, call: Call, request: Request, cache: SchemaCache, claims: Claims) -> Opening:
        """Return what the transaction begins with, kept with the headers for the next request like this one."""
        timezone = request.preferences.timezone
        key = (call.method, call.path, request.schema, timezone, claims, self._schemas)
        opening = call.headers.opening(key)
        if opening is None:
            settings = self._settings_of(call, request, cache, claims)
            opening = Opening(claims, settings if timezone is None else {**settings, "timezone": timezone})
            call.headers.keep_opening(key, opening)
        return opening

    def _settings_of(self, call: Call, request: Request, cache: SchemaCache, claims: Claims) -> dict[str, str]:
        """Return the settings of the transaction, in the order in which they are made: the role's own come first."""
        return {
            "search_path": f"{identifier(request.schema)},{self._paths}",
            **dict(cache.role_settings.get(claims.role, ())),
            "request.method": call.method,
            "request.path": call.path,
            "request.headers": call.headers.json,
            "request.cookies": call.headers.cookies,
        }


def _options(request: Request, cache: SchemaCache) -> Response:
    """Answer OPTIONS with the methods that the target takes."""
    methods = ["OPTIONS", "GET", "HEAD"]
    if request.is_function:
        overloads = cache.functions.get(Name(request.schema, request.name), ())
        volatile = all(one.volatility == "v" for one in overloads)
        methods = ["OPTIONS", "POST"] if volatile else [*methods, "POST"]
    elif not request.is_root:
        table = find_table(cache, Name(request.schema, request.name))
        methods += ["POST"] if table.insertable else []
        methods += ["PUT"] if table.insertable and table.updatable and table.key else []
        methods += ["PATCH"] if table.updatable else []
        methods += ["DELETE"] if table.deletable else []
    return Response(200, [("Allow", ",".join(methods)), ("Access-Control-Allow-Origin", "*")], b"")
