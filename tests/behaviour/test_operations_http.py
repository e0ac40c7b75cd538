"""Operations over HTTP as `functions.invoke` calls them: what each request is answered, down to the headers."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import aiohttp
import httpx
import pytest
from supabase import AsyncClientOptions, acreate_client
from supabase_functions.errors import FunctionsHttpError

from millstream.asgi.authenticate import Authenticator
from millstream.asgi.operations import operations_app
from millstream.asgi.routes import PrefixRouter
from millstream.auth.auth import Auth
from millstream.auth.settings import AuthSettings
from millstream.operations import Context, OperationError, Operations, operation
from millstream.operations.settings import OperationSettings
from millstream.postgres.pool import open_pool
from tests.fixtures.auth_server import served
from tests.fixtures.postgres import Cluster, Database

PERSON = UUID(int=7)


class SeatTaken(OperationError):
    """Somebody else has the seat."""

    code = "seat_taken"
    text = "This seat is taken."


@operation
async def take_seat(context: Context, seat: int) -> dict[str, Any]:
    if seat == 13:
        raise SeatTaken(facts={"free": [1, 2]}, hint="Take another.")
    return {"seat": seat, "person": context.user_id, "key": context.idempotency_key}


@operation(guests=True)
async def say_hello(context: Context, name: str = "you") -> str:
    return f"Hello {name}"


@operation(guests=True)
async def do_nothing(context: Context) -> None: ...


@dataclass
class Answer:
    status: int
    headers: Any
    body: Any


@dataclass
class Functions:
    url: str
    auth: Auth
    http: aiohttp.ClientSession

    @property
    def token(self) -> str:
        return self.auth.signer.sign({"role": "authenticated", "sub": str(PERSON), "exp": 4102444800})

    async def ask(self, name: str, data: Any = b"", method: str = "POST", **headers: str) -> Answer:
        body = data if isinstance(data, bytes) else json.dumps(data).encode()
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        async with self.http.request(method, f"{self.url}/functions/v1/{name}", data=body, headers=sent) as response:
            content = await response.read()
            return Answer(response.status, response.headers, json.loads(content) if content else None)

    async def ask_signed_in(self, name: str, data: Any = b"", **headers: str) -> Answer:
        return await self.ask(name, data, authorization=f"Bearer {self.token}", **headers)


@pytest.fixture(scope="module")
def shared_database(cluster: Cluster) -> Iterator[Database]:
    """One database for all tests of this file: none of them writes."""
    with cluster.new_database() as new:
        yield new


@asynccontextmanager
async def served_with(database: Database, operation_settings: OperationSettings) -> AsyncIterator[Functions]:
    settings = AuthSettings()
    async with open_pool(database.address, database.settings) as pool:
        auth = Auth(settings, pool, issuer="http://127.0.0.1/auth/v1")
        operations = Operations([take_seat, say_hello, do_nothing], pool=pool, settings=operation_settings)
        app = operations_app(operations, Authenticator(auth.credentials, settings))
        async with served(PrefixRouter({"/functions/v1": app})) as url, aiohttp.ClientSession() as http:
            yield Functions(url, auth, http)
        auth.close()


@pytest.fixture(scope="module")
async def functions(shared_database: Database) -> AsyncIterator[Functions]:
    async with served_with(shared_database, OperationSettings(body_limit_bytes=1000)) as made:
        yield made


async def test_an_answer_is_json_with_the_id_of_its_request(functions: Functions) -> None:
    answer = await functions.ask_signed_in("take_seat", {"seat": 4}, x_request_id="abc-1", idempotency_key="k")
    assert (answer.status, answer.body) == (200, {"seat": 4, "person": str(PERSON), "key": "k"})
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["x-request-id"] == "abc-1"


async def test_an_operation_without_a_result_answers_null(functions: Functions) -> None:
    async with functions.http.post(f"{functions.url}/functions/v1/do_nothing") as response:
        assert (response.status, await response.read()) == (200, b"null")


@pytest.mark.parametrize("given", ["", "x" * 129, "a b", "a\tb"])
async def test_an_odd_request_id_is_replaced(functions: Functions, given: str) -> None:
    answer = await functions.ask("say_hello", x_request_id=given)
    assert len(answer.headers["x-request-id"]) == 32


async def test_a_refusal_has_code_message_details_and_hint(functions: Functions) -> None:
    answer = await functions.ask_signed_in("take_seat", {"seat": 13})
    assert answer.status == 409
    assert answer.body == {
        "code": "seat_taken",
        "message": "This seat is taken.",
        "details": {"free": [1, 2]},
        "hint": "Take another.",
    }


@pytest.mark.parametrize(
    ("name", "body", "status", "code"),
    [
        ("no_such", b"", 404, "operation_unknown"),
        ("say_hello/more", b"", 404, "operation_unknown"),
        ("", b"", 404, "operation_unknown"),
        ("say_hello", b"{", 400, "body_not_json"),
        ("say_hello", b"[1]", 400, "body_not_json"),
        ("say_hello", b"name=you", 400, "body_not_json"),
        ("say_hello", {"name": 1}, 400, "arguments_invalid"),
        ("say_hello", {"nome": "you"}, 400, "arguments_invalid"),
        ("say_hello", {"name": "x" * 1000}, 413, "body_too_large"),
        ("take_seat", {"seat": 1}, 401, "sign_in_required"),
    ],
)
async def test_each_fault_has_its_status_and_code(
    functions: Functions, name: str, body: Any, status: int, code: str
) -> None:
    answer = await functions.ask(name, body)
    assert (answer.status, answer.body["code"]) == (status, code)
    assert set(answer.body) == {"code", "message", "details", "hint"}


async def test_the_field_that_is_wrong_is_named(functions: Functions) -> None:
    answer = await functions.ask_signed_in("take_seat", {"seat": "4"})
    assert list(answer.body["details"]["fields"]) == ["seat"]
    assert answer.body["message"].startswith("seat: ")


async def test_a_body_without_a_length_is_cut_off_at_the_limit(functions: Functions) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(100):
            yield b"x" * 100

    async with functions.http.post(f"{functions.url}/functions/v1/say_hello", data=pieces()) as response:
        assert response.status == 413


@pytest.mark.parametrize("token", ["x", "a.b.c", "sb_secret_no_such_key_at_all"])
async def test_a_token_that_does_not_count_is_a_401(functions: Functions, token: str) -> None:
    answer = await functions.ask("say_hello", authorization=f"Bearer {token}")
    assert answer.status == 401
    assert answer.headers["www-authenticate"] == "Bearer"


async def test_an_idempotency_key_that_is_too_long_is_refused(functions: Functions) -> None:
    answer = await functions.ask("say_hello", idempotency_key="k" * 256)
    assert (answer.status, answer.body["code"]) == (400, "arguments_invalid")


async def test_operations_are_called_with_post_only(functions: Functions) -> None:
    answer = await functions.ask("say_hello", method="GET")
    assert (answer.status, answer.body["code"], answer.headers["allow"]) == (405, "method_not_allowed", "POST")


async def test_a_browser_of_another_origin_may_call(functions: Functions) -> None:
    preflight = await functions.ask(
        "say_hello", method="OPTIONS", origin="https://shop.example", access_control_request_method="POST"
    )
    assert preflight.status == 204
    answer = await functions.ask("no_such", origin="https://shop.example")
    assert answer.headers["access-control-allow-origin"] == "*"


async def test_who_calls_too_often_is_told_when_to_come_back(shared_database: Database) -> None:
    async with served_with(shared_database, OperationSettings(calls_per_minute_per_caller=2)) as functions:
        for _ in range(2):
            assert (await functions.ask_signed_in("take_seat", {"seat": 1})).status == 200
        refused = await functions.ask_signed_in("take_seat", {"seat": 1})
        assert (refused.status, refused.body["code"]) == (429, "too_many_calls")
        assert 1 <= int(refused.headers["retry-after"]) <= 30
        assert (await functions.ask("say_hello")).status == 200, "others go on"


async def test_an_address_that_calls_too_often_is_refused_whoever_it_is(shared_database: Database) -> None:
    async with served_with(shared_database, OperationSettings(calls_per_minute_per_address=1)) as functions:
        assert (await functions.ask("say_hello")).status == 200
        assert (await functions.ask_signed_in("take_seat", {"seat": 1})).status == 429


@pytest.mark.filterwarnings("ignore:The '(timeout|verify)' parameter is deprecated:DeprecationWarning")
async def test_the_unmodified_python_client_invokes_and_reads_errors(functions: Functions) -> None:
    async with httpx.AsyncClient() as http:
        options = AsyncClientOptions(httpx_client=http)
        client = await acreate_client(functions.url, functions.auth.api_keys.anon_key, options)
        answer = await client.functions.invoke("say_hello", {"body": {"name": "Ada"}, "responseType": "json"})
        assert answer == "Hello Ada"
        with pytest.raises(FunctionsHttpError) as caught:
            await client.functions.invoke("take_seat", {"body": {"seat": 1}})
        assert caught.value.status == 401
