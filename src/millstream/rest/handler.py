"""The data API of one project: answers one HTTP request with one round trip to PostgreSQL.

Receives `Call` from `asgi.rest` with verified claims; hands back a `Response`, errors included. What a request means
is planned once for each shape and kept; a hit costs two dictionary look-ups and the binding of values.

When full: the pool makes requests wait, then refuses them with PGRST003. Cancelling a request cancels its statement.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

import orjson

from millstream.identity import Claims
from millstream.observe import Observer, ignore
from millstream.postgres.pipeline import PipelinePool
from millstream.postgrest.database_errors import sql_error_response
from millstream.postgrest.errors import DialectError
from millstream.postgrest.payload import Payload, read_payload
from millstream.postgrest.plan import Plan
from millstream.postgrest.planner import PlannerSettings, find_table, plan
from millstream.postgrest.query_params import shape_of
from millstream.postgrest.request import Head, Request, parse
from millstream.postgrest.response import Response, build_response, error_response
from millstream.postgrest.schema_cache import Name, SchemaCache
from millstream.postgrest.sql import Rendered, render
from millstream.postgrest.sql.writer import bind, identifier
from millstream.rest.observations import DataRequestAnswered
from millstream.rest.openapi import describe_schema
from millstream.rest.request_limits import RequestLimits
from millstream.rest.run import Job, Runner, SqlRefused
from millstream.rest.settings import DataApiSettings

LSN_HEADER = "Millstream-Lsn"
_NO_BODY = Payload(None)
_PLANS_OF_A_SHAPE = 64


@dataclass(frozen=True, slots=True)
class Call:
    """An HTTP request to the data API. `path` is below the mount, header names are in lower case.

    `authenticated_in` is how many seconds it took to find out who is calling.
    """

    method: str
    path: str
    query: bytes
    headers: Mapping[str, str]
    body: bytes = b""
    authenticated_in: float = 0.0


@dataclass(frozen=True, slots=True)
class _Prepared:
    plan: Plan
    rendered: Rendered


@dataclass(slots=True)
class _Parsed:
    """A request of one shape, and its plans by what the body names."""

    request: Request
    plans: dict[tuple[tuple[str, ...], bool], _Prepared] = field(default_factory=dict)


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


class _Plans:
    """The parsed requests of one schema cache, the least recently used of which makes room for a new one."""

    def __init__(self, cache: SchemaCache, size: int) -> None:
        self.cache = cache
        self._size = size
        self._parsed: OrderedDict[tuple[Head, bytes], _Parsed] = OrderedDict()

    def get(self, key: tuple[Head, bytes]) -> _Parsed | None:
        found = self._parsed.get(key)
        if found is not None:
            self._parsed.move_to_end(key)
        return found

    def put(self, key: tuple[Head, bytes], parsed: _Parsed) -> None:
        self._parsed[key] = parsed
        if len(self._parsed) > self._size:
            self._parsed.popitem(last=False)


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
        self._plans = _Plans(SchemaCache(), settings.plan_cache_size)
        self._paths = ",".join(identifier(name) for name in settings.extra_search_path)

    async def answer(self, call: Call, claims: Claims) -> Response:
        """Answer a request as the caller. Never raises for what a client or the database did wrong."""
        started = time.monotonic()
        timing = Timing(call.authenticated_in)
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
        head = Head.from_headers(call.method, call.path, call.headers)
        reads_function = call.path.startswith("/rpc/") and call.method in {"GET", "HEAD", "OPTIONS"}
        shape = shape_of(call.query, arguments=reads_function)
        key = (head, shape.key)
        parsed = plans.get(key)
        if parsed is None:
            parsed = _Parsed(self._parse(head, call.query, plans.cache))
            plans.put(key, parsed)
        request = parsed.request
        timing.step("parse")
        if call.method == "OPTIONS":
            return _options(request, plans.cache)
        settings = self._settings_of(call, request, plans.cache, claims)
        if request.is_root:
            timing.step("plan")
            described = await describe_schema(request, plans.cache, self.settings, self._runner, claims, settings)
            timing.step("transaction")
            return described
        payload = _NO_BODY
        if not request.is_read and call.method != "DELETE":
            payload = read_payload(call.body, request.content_type, request.query.columns)
        prepared = self._prepared(parsed, payload, plans.cache)
        timing.step("plan")
        job = self._job(request, prepared, payload, shape.values, claims, settings)
        outcome, lsn = await self._runner.run(job)
        timing.step("transaction")
        response = build_response(request, prepared.plan, outcome, call.query)
        if lsn is not None:
            response.headers.append((LSN_HEADER, str(lsn)))
        return response

    def _current_plans(self) -> _Plans:
        cache = self._schema_cache()
        if self._plans.cache is not cache:
            self._plans = _Plans(cache, self.settings.plan_cache_size)
        return self._plans

    def _parse(self, head: Head, query: bytes, cache: SchemaCache) -> Request:
        request = parse(head, query, self.settings.schemas, cache.timezones)
        if self.settings.tx_end.endswith("-allow-override"):
            return request
        return replace(request, preferences=replace(request.preferences, transaction=None))

    def _prepared(self, parsed: _Parsed, payload: Payload, cache: SchemaCache) -> _Prepared:
        key = (payload.keys, payload.is_object)
        prepared = parsed.plans.get(key)
        if prepared is None:
            planned = plan(parsed.request, payload, cache, self._planner_settings)
            prepared = _Prepared(planned, render(planned))
            if len(parsed.plans) < _PLANS_OF_A_SHAPE:
                parsed.plans[key] = prepared
        return prepared

    def _job(
        self,
        request: Request,
        prepared: _Prepared,
        payload: Payload,
        values: tuple[str | None, ...],
        claims: Claims,
        settings: Mapping[str, str],
    ) -> Job:
        rendered = prepared.rendered
        estimate = rendered.estimate
        return Job(
            prepared.plan,
            rendered,
            bind(rendered.main.parameters, values, payload.body),
            () if estimate is None else bind(estimate.parameters, values, payload.body),
            claims,
            settings,
            self._commits(request),
        )

    def _commits(self, request: Request) -> bool:
        asked = request.preferences.transaction
        return asked == "commit" if asked is not None else self.settings.tx_end.startswith("commit")

    def _settings_of(self, call: Call, request: Request, cache: SchemaCache, claims: Claims) -> dict[str, str]:
        """Return the settings of the transaction, in the order in which they are made: the role's own come first."""
        cookies = call.headers.get("cookie")
        settings = {
            "search_path": f"{identifier(request.schema)},{self._paths}",
            **dict(cache.role_settings.get(claims.role, ())),
            "request.method": call.method,
            "request.path": call.path,
            "request.headers": orjson.dumps({k: v for k, v in call.headers.items() if k != "cookie"}).decode(),
            "request.cookies": "{}" if cookies is None else orjson.dumps(_cookies(cookies)).decode(),
        }
        if request.preferences.timezone is not None:
            settings["timezone"] = request.preferences.timezone
        return settings


def _cookies(header: str) -> dict[str, str]:
    pairs = (part.partition("=") for part in header.split(";"))
    return {name.strip(): value.strip() for name, _, value in pairs if name.strip()}


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
