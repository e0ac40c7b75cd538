from __future__ import annotations

import asyncio
import os
import threading

import bcrypt
import pytest

from millstream.auth.errors import RateLimited, WeakPassword
from millstream.auth.password_hashes import is_readable
from millstream.auth.passwords import PasswordHashUnreadable, PasswordQueueFull, Passwords
from millstream.auth.settings import AuthSettings


@pytest.fixture
def seen():
    return []


@pytest.fixture
def passwords(seen):
    made = Passwords(AuthSettings(hash_memory_kib=64, hash_passes=1, hash_workers=1, hash_queue=1), seen.append)
    yield made
    made.close()


async def test_a_password_fits_its_own_hash_only(passwords):
    stored = await passwords.hash("correct horse")
    assert stored.startswith("$argon2id$")
    assert await passwords.verify("correct horse", stored)
    assert not await passwords.verify("wrong horse", stored)
    assert not passwords.is_outdated(stored)


async def test_equal_passwords_have_different_hashes(passwords):
    assert await passwords.hash("correct horse") != await passwords.hash("correct horse")


async def test_nothing_fits_an_account_without_a_password(passwords):
    assert not await passwords.verify("", None)
    assert not await passwords.verify("anything", None)


@pytest.mark.parametrize(
    "stored", ["$2a$10$unreadable", "$2b$31$" + "a" * 53, "$2b$04$" + "!" * 53, "$scrypt$x", "plain"]
)
async def test_a_hash_of_another_kind_fits_nothing_and_is_told(passwords, seen, stored):
    assert not await passwords.verify("anything", stored)
    assert seen == [PasswordHashUnreadable()]
    assert not is_readable(stored)


@pytest.mark.parametrize("kind", ["2a", "2b", "2y"])
async def test_bcrypt_of_an_imported_account_is_verified_and_to_be_renewed(passwords, kind):
    made = bcrypt.hashpw(b"correct horse", bcrypt.gensalt(4)).decode()
    stored = f"${kind}{made[3:]}"
    assert is_readable(stored)
    assert await passwords.verify("correct horse", stored)
    assert not await passwords.verify("wrong horse", stored)
    assert passwords.is_outdated(stored)


async def test_what_bcrypt_would_not_see_of_a_long_password_counts(passwords):
    stored = bcrypt.hashpw(b"a" * 72, bcrypt.gensalt(4)).decode()
    assert await passwords.verify("a" * 72, stored)
    assert not await passwords.verify("a" * 73, stored)


async def test_hashing_yields_the_cores_to_other_work(passwords):
    own = os.getpriority(os.PRIO_PROCESS, threading.get_native_id())
    theirs = await asyncio.wrap_future(
        passwords._workers.submit(lambda: os.getpriority(os.PRIO_PROCESS, threading.get_native_id()))
    )
    assert theirs == min(own + 10, 19)


async def test_a_very_long_password_is_simply_wrong(passwords):
    stored = await passwords.hash("")
    assert not await passwords.verify("x" * 1_000_000, await passwords.hash("correct horse"))
    assert not await passwords.verify("x" * 1_000_000, stored)


async def test_what_cannot_wait_is_refused_and_what_is_done_makes_room(passwords, seen):
    outcomes = await asyncio.gather(*(passwords.hash("a") for _ in range(5)), return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [str, str, RateLimited, RateLimited, RateLimited]
    assert seen == [PasswordQueueFull(2, 1)]
    assert await passwords.hash("a")


async def test_a_caller_who_leaves_gives_the_place_back_when_the_work_is_done(passwords):
    async with asyncio.timeout(10):
        leaving = asyncio.gather(passwords.hash("a"), passwords.hash("b"))
        await asyncio.sleep(0)
        leaving.cancel()
        await asyncio.wrap_future(passwords._workers.submit(int))
    assert passwords._pending == 0
    assert await passwords.hash("a")


def test_rules_for_new_passwords_count_characters_and_bytes(passwords):
    passwords.check_strength("äöüäöü")
    for weak in ("", "äöüäö", "ä" * 129):
        with pytest.raises(WeakPassword) as refused:
            passwords.check_strength(weak)
        assert refused.value.reasons == ("length",)
