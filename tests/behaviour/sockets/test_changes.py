"""Row changes over real sockets: what a join is told and when, and how a channel follows its caller."""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator

import psycopg
import pytest

from millstream.auth.keys import KeyRing
from millstream.auth.tokens import TokenSigner
from millstream.channels.settings import ChannelSettings
from tests.fixtures.postgres import Database
from tests.fixtures.server import project_settings, serving
from tests.fixtures.websocket_client import WebSocketClient, connected

TOPIC = "realtime:orders"
ORDERS = {"event": "*", "schema": "public", "table": "orders"}
OWNED = """
create table orders (id int primary key, owner text, note text);
alter table orders enable row level security, replica identity full;
create policy own on orders for select to authenticated using (owner = auth.jwt() ->> 'sub');
grant select on orders to anon, authenticated;
alter publication supabase_realtime add table orders;
"""


class Orders:
    """A served project whose table `orders` shows callers their own rows."""

    def __init__(self, port: int, secret: str, anon_key: str, database: Database) -> None:
        self._port = port
        self._signer = TokenSigner(KeyRing(secret))
        self._key = anon_key
        self.database = database

    def connect(self, vsn="2.0.0"):
        return connected(self._port, f"/realtime/v1/websocket?vsn={vsn}&apikey={self._key}")

    def token(self, sub: str) -> str:
        return self._signer.sign({"role": "authenticated", "sub": sub, "exp": time.time() + 600})

    async def insert(self, number: int, owner: str) -> None:
        async with await psycopg.AsyncConnection.connect(self.database.admin_url, autocommit=True) as connection:
            await connection.execute("insert into orders values (%s, %s)", (number, owner))


@pytest.fixture
async def orders(database: Database) -> AsyncIterator[Orders]:
    database.run_as_server(OWNED)
    settings = project_settings(database, channels=ChannelSettings(max_channels_per_socket=3))
    async with serving(settings) as (url, (project,)):
        yield Orders(int(url.rpartition(":")[2]), settings.auth.jwt_secret, project.auth.api_keys.anon_key, database)


async def change(client: WebSocketClient) -> tuple[list[int], dict]:
    payload = (await client.hear_event("postgres_changes"))[4]
    return payload["ids"], payload["data"]


async def test_the_reply_echoes_the_bindings_and_changes_flow_from_then_on(orders: Orders):
    bindings = [ORDERS, {"event": "INSERT", "schema": "public", "table": "orders", "filter": "id=gt.5"}]
    async with orders.connect() as client:
        reply = await client.join(TOPIC, {"postgres_changes": bindings}, access_token=orders.token("ann"))
        echoed = reply[4]["response"]["postgres_changes"]
        ids = [each.pop("id") for each in echoed]
        assert echoed == bindings
        await orders.insert(1, "ann")
        assert await client.hear() == [
            "1",
            None,
            TOPIC,
            "system",
            {
                "message": "Subscribed to PostgreSQL",
                "status": "ok",
                "extension": "postgres_changes",
                "channel": "orders",
            },
        ]
        matched, data = await change(client)
        assert matched == ids[:1]
        assert (data["type"], data["record"]) == ("INSERT", {"id": 1, "owner": "ann", "note": None})
        await orders.insert(6, "bob")
        await orders.insert(7, "ann")
        matched, data = await change(client)
        assert (sorted(matched), data["record"]["id"]) == (sorted(ids), 7)


async def test_a_new_token_changes_whose_rows_are_heard(orders: Orders):
    async with orders.connect() as client:
        await client.join(TOPIC, {"postgres_changes": [ORDERS]}, access_token=orders.token("ann"))
        client.say(TOPIC, "access_token", {"access_token": orders.token("bob")}, ref=None)
        # A join on the same socket is answered after a database round trip of its own: by then the change has landed.
        await client.join("realtime:other", {"postgres_changes": [ORDERS]}, access_token=orders.token("cid"))
        await orders.insert(1, "ann")
        await orders.insert(2, "bob")
        message = await client.hear_event("postgres_changes")
        assert (message[2], message[4]["data"]["record"]["owner"]) == (TOPIC, "bob")


async def test_nothing_is_heard_after_leaving(orders: Orders):
    async with orders.connect() as client:
        config = {"postgres_changes": [ORDERS]}
        await client.join(TOPIC, config, access_token=orders.token("ann"))
        await client.join("realtime:still", config, access_token=orders.token("ann"))
        client.say(TOPIC, "phx_leave")
        await client.hear_event("phx_close")
        await orders.insert(1, "ann")
        assert (await client.hear_event("postgres_changes"))[2] == "realtime:still"
        await orders.insert(2, "ann")
        assert (await client.hear())[2:4] == ["realtime:still", "postgres_changes"]


async def test_leaving_while_the_join_is_on_its_way_leaves_nothing_behind(orders: Orders):
    async with orders.connect() as client:
        for ref in ("5", "6"):
            client.say(TOPIC, "phx_join", {"config": {"postgres_changes": [ORDERS]}}, ref=ref, join_ref=ref)
            client.say(TOPIC, "phx_leave", ref=f"{ref}-leave", join_ref=ref)
        await client.join(TOPIC, {"postgres_changes": [ORDERS]}, access_token=orders.token("ann"))
        await orders.insert(1, "ann")
        await orders.insert(2, "ann")
        assert (await change(client))[1]["record"]["id"] == 1
        assert (await change(client))[1]["record"]["id"] == 2


async def test_a_second_join_on_its_way_takes_the_place_of_the_first(orders: Orders):
    async with orders.connect() as client:
        config = {"config": {"postgres_changes": [ORDERS]}, "access_token": orders.token("ann")}
        client.say(TOPIC, "phx_join", config, ref="5", join_ref="5")
        client.say(TOPIC, "phx_join", config, ref="6", join_ref="6")
        assert (await client.hear_event("phx_close"))[0] == "5"
        assert (await client.hear_event("phx_reply"))[:2] == ["6", "6"]
        await orders.insert(1, "ann")
        await orders.insert(2, "ann")
        assert [(await change(client))[1]["record"]["id"] for _ in range(2)] == [1, 2]


@pytest.mark.parametrize(
    "binding",
    [
        {"event": "*", "schema": "public", "table": "missing"},
        {"event": "*", "schema": "public", "table": "orders", "filter": "id=nonsense"},
        {"event": "*", "schema": "public", "table": "orders", "filter": "id=eq.words"},
        {"event": "*", "schema": "public", "table": "orders", "filter": "absent=eq.1"},
        {"event": "*", "schema": "public", "table": "orders", "filter": "id=eq.1,,id=eq.2"},
        {"event": "*", "schema": "public", "table": "orders", "filter": "id=near.1"},
        {"event": "*", "schema": "public", "table": "orders", "filter": "id=is.true"},
        {"event": "*", "schema": "public", "table": "orders", "filter": "note=match.("},
        {"event": "*", "schema": "public", "table": "orders", "filter": f"id=in.({','.join(['1'] * 101)})"},
        {"event": "*", "schema": "public", "filter": "id=eq.1"},
    ],
)
async def test_a_bad_binding_is_told_by_a_system_message_and_the_channel_stays_open(orders: Orders, binding):
    async with orders.connect() as client:
        reply = await client.join(TOPIC, {"postgres_changes": [binding], "broadcast": {"self": True}})
        assert reply[4]["status"] == "ok"
        assert reply[4]["response"]["postgres_changes"][0]["id"] > 0
        system = (await client.hear())[4]
        assert (system["status"], system["extension"]) == ("error", "postgres_changes")
        assert system["message"].startswith("Unable to subscribe to changes")
        client.say(TOPIC, "broadcast", {"type": "broadcast", "event": "e", "payload": {}})
        assert (await client.hear())[3] == "broadcast"


async def test_a_client_without_a_join_config_hears_changes_as_events(orders: Orders):
    topic = "realtime:public:orders"
    async with orders.connect(vsn="1.0.0") as client:
        join = {"topic": topic, "event": "phx_join", "payload": {"user_token": orders.token("ann")}, "ref": "1"}
        client.send_text(json.dumps(join))
        assert (await client.hear())["payload"]["status"] == "ok"
        assert (await client.hear())["payload"]["message"] == "Subscribed to PostgreSQL"
        await orders.insert(1, "ann")
        message = await client.hear()
        assert (message["event"], message["payload"]["record"]["id"]) == ("INSERT", 1)


async def test_event_names_are_taken_in_any_case_and_unknown_ones_mean_all(orders: Orders):
    bindings = [{**ORDERS, "event": event} for event in ("insert", "Delete", "anything")]
    async with orders.connect() as client:
        reply = await client.join(TOPIC, {"postgres_changes": bindings}, access_token=orders.token("ann"))
        ids = [each["id"] for each in reply[4]["response"]["postgres_changes"]]
        await orders.insert(1, "ann")
        assert sorted((await change(client))[0]) == sorted([ids[0], ids[2]])
