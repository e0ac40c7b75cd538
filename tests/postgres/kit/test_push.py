"""Web push: whose devices are told, and what becomes of a message at a push service that may do anything."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg import errors

from millstream.identity import ANONYMOUS, Claims
from millstream.kit.push.delivery import PushDelivery
from millstream.kit.push.observations import PushDeviceRemoved, PushGivenUp, PushPostponed, PushSent, PushUnavailable
from millstream.kit.push.posting import open_poster
from millstream.kit.push.settings import PushSettings
from millstream.observe import Observation
from millstream.postgres.pool import open_pool
from millstream.sealing import Sealer
from millstream.webhooks.endpoints.address_guard import AddressGuard
from tests.fixtures.postgres import Database
from tests.fixtures.push_service import Browser, browser, sender_of
from tests.fixtures.webhook_receiver import Answer, accept, statuses
from tests.postgres.kit.conftest import Office

ADD = "select add_push_device(%s, %s, %s)"
NOTIFY = "select kit.notify(%s, 'seat.free', 'A seat is free', 'North, A1', '/bookings')"
P256DH = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
KEYS = (P256DH, "BTBZMqHH6r4Tts7J_aSIgg")


@pytest.fixture
async def centre(database: Database) -> AsyncIterator[Office]:
    made = ("select kit.notification_centre()", "select kit.web_push()")
    database.run_as_server(*made, *made)
    async with open_pool(database.address, database.settings) as pool:
        yield Office(pool, database)


@dataclass(slots=True)
class Sending:
    """The delivery, with what it observed."""

    office: Office
    allow_private: bool = True
    settings: PushSettings = field(default_factory=PushSettings)
    sealer: Sealer = field(default_factory=lambda: Sealer([b"material"], purpose="push", random=secrets.token_bytes))
    observed: list[Observation] = field(default_factory=list)
    observe: Callable[[Observation], None] | None = None

    @asynccontextmanager
    async def delivery(self) -> AsyncIterator[PushDelivery]:
        async with open_poster(self.settings, AddressGuard(self.allow_private)) as poster:
            contact, observe = "mailto:office@example.com", self.observe or self.observed.append
            yield PushDelivery(self.office.pool, self.settings, poster, self.sealer, contact=contact, observe=observe)

    async def once(self) -> int:
        """Send what is due once, as a server that has just started."""
        async with self.delivery() as delivery:
            return await delivery.send_due()


async def in_session(office: Office) -> Claims:
    """Return the claims of somebody who has signed in."""
    person, session = await office.person(), uuid4()
    office.database.run(f"insert into auth.sessions (id, user_id) values ('{session}', '{person.subject}')")
    return Claims.from_token({"role": "authenticated", "sub": person.subject, "session_id": str(session)})


async def stored(office: Office, table: str = "push_messages") -> list[dict]:
    async with office.owner() as sql:
        return await (await sql.execute(f"select * from kit.{table} order by created_at".encode())).fetchall()


async def tell(office: Office, device: Browser, *times: str) -> UUID:
    """Have somebody told on a device; return who."""
    ann = await in_session(office)
    await office.value(ADD, *device.subscription, claims=ann)
    for statement in times or (NOTIFY,):
        await office.value(statement, ann.subject)
    return UUID(ann.subject)


async def test_what_somebody_is_told_comes_to_the_browser_encrypted_and_signed(centre: Office) -> None:
    async with browser(statuses(201)) as device:
        ann = await tell(centre, device)
        sending = Sending(centre)
        assert await sending.once() == 1
        [received] = device.service.received
        public, claims = sender_of(received)
    [shown] = await centre.rows("select id, title, body, link from notifications")
    assert device.read(received) == {"id": str(shown["id"]), **{k: shown[k] for k in ("title", "body", "link")}}
    headers = received.headers
    assert (headers["content-encoding"], headers["urgency"], headers["topic"]) == (
        "aes128gcm",
        "normal",
        shown["id"].hex,
    )
    assert 86000 < int(headers["ttl"]) <= 86400
    assert (claims["aud"], claims["sub"]) == (device.service.url.removesuffix("/hook"), "mailto:office@example.com")
    settings = await centre.value("select push_settings(%s)", device.endpoint, claims=person(ann))
    assert settings == {"key": public, "on": True}
    assert await stored(centre) == []
    assert sending.observed == [PushSent(1)]


def person(user: UUID) -> Claims:
    return Claims.from_token({"role": "authenticated", "sub": str(user)})


@pytest.mark.parametrize("status", [404, 410])
async def test_a_device_that_is_gone_is_forgotten_with_all_that_waits_for_it(centre: Office, status: int) -> None:
    async with browser(statuses(status)) as device:
        await tell(centre, device, NOTIFY, NOTIFY)
        sending = Sending(centre, settings=PushSettings(connections=1))
        await sending.once()
        assert await sending.once() == 0
    assert await stored(centre, "push_devices") == []
    assert sending.observed == [PushDeviceRemoved(str(status))]


async def hang_up(request, _):
    request.transport.abort()
    return await accept(request, 0)


@pytest.mark.parametrize(
    ("answer", "word", "least"),
    [
        (statuses(429, headers={"retry-after": "120"}), "429", 119),
        (statuses(500), "500", 4),
        (hang_up, "ServerDisconnectedError", 4),
    ],
    ids=["too many", "failed", "hung up"],
)
async def test_what_could_not_be_sent_is_tried_again_when_it_may_be(
    centre: Office, answer: Answer, word: str, least: int
) -> None:
    async with browser(answer) as device:
        await tell(centre, device)
        sending = Sending(centre)
        await sending.once()
        assert sending.observed == [PushPostponed(1, word)]
        async with centre.owner() as sql:
            cursor = await sql.execute(
                "select extract(epoch from run_at - now())::float as wait from kit.push_messages"
            )
            assert least < (await cursor.fetchone())["wait"] < 130
            await sql.execute("update kit.push_messages set run_at = now()")
        device.service.answer = accept
        await sending.once()
    assert sending.observed[1:] == [PushSent(2)]
    first, second = (device.read(received) for received in device.service.received)
    assert first == second


@pytest.mark.parametrize(
    ("answer", "age", "word"),
    [
        (statuses(413), "0", "413"),
        (statuses(302, headers={"location": "/"}), "0", "302"),
        (statuses(503, headers={"retry-after": "90000"}), "0", "503"),
        (accept, "2 days", "too_late"),
    ],
    ids=["refused", "redirected", "later than it is worth", "too old"],
)
async def test_what_will_never_be_shown_is_given_up(centre: Office, answer: Answer, age: str, word: str) -> None:
    async with browser(answer) as device:
        await tell(centre, device)
        async with centre.owner() as sql:
            await sql.execute(f"update kit.push_messages set created_at = now() - '{age}'::interval".encode())
        sending = Sending(centre)
        await sending.once()
        assert len(device.service.received) == (word != "too_late")
    assert sending.observed == [PushGivenUp(1, word)]
    assert (await stored(centre), len(await stored(centre, "push_devices"))) == ([], 1)


async def test_nothing_goes_to_an_address_that_is_not_on_the_internet(centre: Office) -> None:
    async with browser() as device:
        await tell(centre, device)
        # A name is let in and refused when it is dialled; an address, and http, at once.
        named = Browser(device.service, key=device.key, secret=device.secret)
        ann = await in_session(centre)
        await centre.value(ADD, "https://127-0-0-1.example.invalid:8443/", *named.subscription[1:], claims=ann)
        await centre.value(NOTIFY, ann.subject)
        sending = Sending(centre, allow_private=False)
        assert await sending.once() == 2
        assert device.service.received == []
    assert PushDeviceRemoved("webhook_address_refused") in sending.observed
    assert [type(each) for each in sending.observed if isinstance(each, PushPostponed)] == [PushPostponed]
    assert [row["endpoint"] for row in await stored(centre, "push_devices")] == [
        "https://127-0-0-1.example.invalid:8443/"
    ]


async def test_a_message_that_was_taken_and_not_settled_is_sent_again_after_its_lease(centre: Office) -> None:
    async with browser() as device:
        await tell(centre, device)
        taken = asyncio.Event()
        released = asyncio.Event()

        async def slow(request, number):
            taken.set()
            await released.wait()
            return await accept(request, number)

        device.service.answer = slow
        sending = Sending(centre)
        async with asyncio.timeout(30), asyncio.TaskGroup() as group:
            first = group.create_task(sending.once())
            await taken.wait()
            assert await sending.once() == 0  # the other server's lease holds
            first.cancel()
            released.set()
        async with centre.owner() as sql:
            await sql.execute(b"update kit.push_messages set run_at = run_at - interval '71 seconds'")
        assert await sending.once() == 1
    assert sending.observed == [PushSent(2)]


async def test_a_device_that_does_not_answer_is_tried_once_a_time_however_much_waits_for_it(centre: Office) -> None:
    async with browser(hang_up) as bad, browser() as good:
        await tell(centre, bad, *[NOTIFY] * 5)
        await tell(centre, good, NOTIFY, NOTIFY)
        sending = Sending(centre)
        assert [await sending.once() for _ in range(3)] == [2, 1, 0]
    assert (len(bad.service.received), len(good.service.received)) == (1, 2)
    assert sorted(row["attempts"] for row in await stored(centre)) == [0, 0, 0, 0, 1]


async def test_what_waits_when_a_session_runs_out_is_shown_to_nobody(centre: Office) -> None:
    async with browser(statuses(503)) as device:
        ann = await tell(centre, device)
        sending = Sending(centre)
        await sending.once()
        centre.database.run(f"update auth.sessions set not_after = now() where user_id = '{ann}'")
        async with centre.owner() as sql:
            await sql.execute(b"update kit.push_messages set run_at = now()")
        await sending.once()
        assert len(device.service.received) == 1
    assert sending.observed == [PushPostponed(1, "503"), PushGivenUp(2, "too_late")]


async def test_the_key_is_made_once_sealed_and_read_by_who_may_open_it(centre: Office) -> None:
    sending = Sending(centre)
    await asyncio.gather(*(sending.once() for _ in range(4)))
    [row] = await stored(centre, "push_keys")
    assert row["public_key"].startswith("B")
    anew = Sealer([b"later", b"material"], purpose="push", random=secrets.token_bytes)
    await Sending(centre, sealer=anew).once()
    [sealed] = await stored(centre, "push_keys")
    assert sealed["public_key"] == row["public_key"]
    assert anew.is_current(sealed["sealed_key"])

    said: asyncio.Queue[Observation] = asyncio.Queue()
    other = Sending(
        centre, sealer=Sealer([b"other"], purpose="push", random=secrets.token_bytes), observe=said.put_nowait
    )
    async with other.delivery() as delivery, asyncio.timeout(30), asyncio.TaskGroup() as group:
        running = group.create_task(delivery.run())
        assert await said.get() == PushUnavailable("SealBroken")
        running.cancel()


@pytest.mark.parametrize(
    ("preferred", "pushed"),
    [("'*', true, false, false", 0), ("'*', false, false, true", 1), ("'seat.free', true, false, false", 0),
     ("'other', true, false, false", 1)],
    ids=["none", "on devices alone", "not of this kind", "not of another kind"],
)  # fmt: skip
async def test_preferences_say_what_is_pushed(centre: Office, preferred: str, pushed: int) -> None:
    ann = await in_session(centre)
    await centre.value(ADD, "https://push.example/a", *KEYS, claims=ann)
    await centre.rows(
        f"insert into notification_preferences (kind, in_app, mail, push) values ({preferred})", claims=ann
    )
    await centre.value(NOTIFY, ann.subject)
    assert len(await stored(centre)) == pushed


async def test_nobody_is_pushed_twice_of_one_occasion_nor_of_what_was_rolled_back(centre: Office) -> None:
    ann = await in_session(centre)
    await centre.value(ADD, "https://push.example/a", *KEYS, claims=ann)
    once = NOTIFY.replace("'/bookings'", "'/bookings', occasion => 'seat 7'")
    await centre.value(once, ann.subject)
    await centre.value(once, ann.subject)
    with pytest.raises(psycopg.Error):
        await centre.rows(f"{NOTIFY}, 1 / 0", ann.subject)
    assert len(await stored(centre)) == 1


async def test_a_device_tells_its_owner_alone_for_as_long_as_his_session_lasts(centre: Office) -> None:
    ann, bob = await in_session(centre), await in_session(centre)
    shared, own = "https://push.example/shared", "https://push.example/own"
    for who, endpoint in ((ann, shared), (ann, own), (bob, shared)):  # Bob signs in at the browser after Ann
        await centre.value(ADD, endpoint, *KEYS, claims=who)

    async def is_on(who: Claims, endpoint: str) -> bool:
        return (await centre.value("select push_settings(%s)", endpoint, claims=who))["on"]

    assert [await is_on(*each) for each in ((ann, shared), (ann, own), (bob, shared))] == [False, True, True]
    await centre.value("select remove_push_device(%s)", own, claims=bob)
    assert await is_on(ann, own)
    await centre.value("select remove_push_device(%s)", own, claims=ann)
    assert not await is_on(ann, own)
    await centre.value(NOTIFY, bob.subject)
    centre.database.run(f"delete from auth.sessions where user_id = '{bob.subject}'")
    assert (await stored(centre, "push_devices"), await stored(centre)) == ([], [])
    with pytest.raises(psycopg.Error) as refused:
        await centre.value(ADD, shared, *KEYS, claims=bob)
    assert refused.value.sqlstate == "PT403"


async def test_of_many_devices_the_newest_ten_are_kept(centre: Office) -> None:
    ann = await in_session(centre)
    for number in range(12):
        await centre.value(ADD, f"https://push.example/{number}", *KEYS, claims=ann)
    endpoints = [row["endpoint"] for row in await stored(centre, "push_devices")]
    assert endpoints == [f"https://push.example/{number}" for number in range(2, 12)]


@pytest.mark.parametrize(
    "subscription",
    [("ftp://push.example/", *KEYS), ("https://push.example/ x", *KEYS), ("https://push.example/" + "x" * 2048, *KEYS),
     ("https://push.example/", "B" * 88, KEYS[1]), ("https://push.example/", P256DH, "short")],
    ids=["no http", "no URL", "too long", "no key", "no secret"],
)  # fmt: skip
async def test_what_is_no_subscription_is_refused(centre: Office, subscription: tuple[str, str, str]) -> None:
    with pytest.raises(errors.CheckViolation):
        await centre.value(ADD, *subscription, claims=await in_session(centre))


@pytest.mark.parametrize(
    "statement",
    [
        "select * from kit.push_devices",
        "select * from kit.push_messages",
        "select * from kit.push_keys",
        "insert into kit.push_messages (device_id, notification_id, content) values (auth.uid(), auth.uid(), '{}')",
        "select kit.push_notification(auth.uid(), auth.uid(), 'a', 'b', null)",
        "select kit.web_push()",
    ],
)
async def test_devices_messages_and_the_key_are_read_and_written_by_nobody_else(centre: Office, statement: str) -> None:
    ann = await in_session(centre)
    for claims in (ann, ANONYMOUS):
        with pytest.raises(errors.InsufficientPrivilege):
            await centre.rows(statement, claims=claims)


async def test_who_is_not_signed_in_has_no_devices(centre: Office) -> None:
    for statement in ("select push_settings('https://push.example/')", "select remove_push_device('x')"):
        with pytest.raises(errors.InsufficientPrivilege):
            await centre.value(statement, claims=ANONYMOUS)
