from __future__ import annotations

from base64 import urlsafe_b64encode
from hashlib import sha256
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from joserfc.jwk import ECKey, OctKey

from millstream.auth.oidc.issuer import Issuer
from tests.fixtures.auth_server import auth_server
from tests.fixtures.issuer import CLIENT_SECRET, running_issuer

EMAIL, SITE = "ada@example.org", "http://127.0.0.1:54321"
VERIFIER = "v" * 50
CHALLENGE = {
    "code_challenge": urlsafe_b64encode(sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode(),
    "code_challenge_method": "s256",
}


@pytest.fixture(scope="module")
async def shared_issuer():
    async with running_issuer() as running:
        yield running


@pytest.fixture(scope="module")
async def shared_oauth_server(shared_database, shared_issuer):
    settings = {"mail": True, "autoconfirm": False, "token_requests_per_hour": 100_000}
    async with auth_server(shared_database, oidc_providers=shared_issuer.setting(), **settings) as running:
        yield running


@pytest.fixture
async def issuer(shared_issuer):
    shared_issuer.begin_anew()
    return shared_issuer


@pytest.fixture
async def server(shared_oauth_server, issuer):
    """The auth API of a project with the identity provider "local", which nobody has asked yet."""
    auth = shared_oauth_server.auth
    auth.issuers = {name: Issuer(known.provider, auth.clock) for name, known in auth.issuers.items()}
    await shared_oauth_server.begin_anew()
    return shared_oauth_server


async def visit(server, url, cookies=None):
    """Follow a link one step; return where it leads and the cookies that it sets."""
    if url.startswith(f"{SITE}/auth/v1"):
        url = server.url + url.removeprefix(f"{SITE}/auth/v1")
    async with server.http.get(url, allow_redirects=False, cookies=cookies) as answer:
        return answer.headers["location"], {name: each.value for name, each in answer.cookies.items()}


async def sign_in(server, *, cookies=True, **query):
    """Go all the way as a browser does; return where it ends and what query and fragment say there."""
    begun, kept = await visit(server, f"{server.url}/authorize?{urlencode({'provider': 'local', **query})}")
    back, _ = await visit(server, begun)
    return ended(await visit(server, back, kept if cookies else None))


def ended(visited):
    target = urlsplit(visited[0])
    told = dict(parse_qsl(target.query)) | dict(parse_qsl(target.fragment))
    return f"{target.scheme}://{target.netloc}{target.path}", told


async def exchange(server, told, verifier=VERIFIER):
    return await server.post("/token?grant_type=pkce", {"auth_code": told["code"], "code_verifier": verifier})


async def with_account(server, email=EMAIL):
    made = await server.post(
        "/admin/users",
        {"email": email, "password": "correct horse battery", "email_confirm": True},
        token=server.auth.api_keys.service_role_key,
    )
    return made.body


async def test_a_new_person_gets_an_account_and_comes_back_to_it(server):
    where, told = await sign_in(server, **CHALLENGE)
    assert where == SITE
    session = (await exchange(server, told)).body
    user = session["user"]
    assert (user["email"], user["app_metadata"]) == (EMAIL, {"provider": "local", "providers": ["local"]})
    assert user["user_metadata"]["full_name"] == "Ada"
    assert [identity["provider"] for identity in user["identities"]] == ["local"]
    claims = server.auth.verifier.verify(session["access_token"]).payload()
    assert [each["method"] for each in claims["amr"]] == ["oauth"]
    _, again = await sign_in(server, **CHALLENGE)
    assert (await exchange(server, again)).body["user"]["id"] == user["id"]


async def test_without_a_challenge_the_session_goes_to_the_browser_that_began_alone(server):
    where, told = await sign_in(server, redirect_to=f"{SITE}/welcome")
    assert (where, told["token_type"]) == (f"{SITE}/welcome", "bearer")
    assert (await server.get("/user", token=told["access_token"])).body["email"] == EMAIL
    _, refused = await sign_in(server, cookies=False)
    assert refused["error_code"] == "bad_oauth_state"


async def test_nobody_is_sent_where_the_project_does_not_allow(server):
    where, _ = await sign_in(server, redirect_to="https://evil.example/", **CHALLENGE)
    assert where == SITE


async def test_a_verified_address_finds_its_account(server):
    known = await with_account(server)
    _, told = await sign_in(server, **CHALLENGE)
    user = (await exchange(server, told)).body["user"]
    assert user["id"] == known["id"]
    assert user["app_metadata"]["providers"] == ["email", "local"]
    assert (await server.sign_in()).status == 200


async def test_a_password_set_before_the_address_was_proved_does_not_survive(server):
    await server.sign_up()
    _, told = await sign_in(server, **CHALLENGE)
    assert (await exchange(server, told)).status == 200
    assert (await server.sign_in()).body["code"] == "invalid_credentials"


@pytest.mark.parametrize(
    "said",
    [{"email_verified": False}, {"email_verified": None}, {"email": None}, {"email": "not an address"}],
    ids=["not verified", "not said", "no address", "no real address"],
)
@pytest.mark.parametrize("known", [True, False], ids=["known", "unknown"])
async def test_an_address_that_is_not_verified_signs_nobody_in(server, issuer, said, known):
    if known:
        await with_account(server)
    issuer.wrong = said
    _, told = await sign_in(server, **CHALLENGE)
    assert told["error_code"] == "provider_email_needs_verification"


WRONG_CLAIMS = {
    "foreign issuer": {"iss": "https://evil.example"},
    "longer issuer": {"iss": "http://127.0.0.1:1/x"},
    "foreign audience": {"aud": "somebody-else"},
    "no audience": {"aud": None},
    "two audiences without azp": {"aud": ["millstream-client", "other"]},
    "foreign azp": {"azp": "somebody-else"},
    "other nonce": {"nonce": "replayed"},
    "no nonce": {"nonce": None},
    "expired": {"exp": 1},
    "no exp": {"exp": None},
    "exp as text": {"exp": "soon"},
    "issued in the future": {"iat": 99_999_999_999},
    "not valid yet": {"nbf": 99_999_999_999},
    "other access token": {"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"},
    "no subject": {"sub": None},
    "subject is a number": {"sub": 7},
}


@pytest.mark.parametrize("wrong", WRONG_CLAIMS)
async def test_an_identity_token_with_a_wrong_claim_does_not_count(server, issuer, wrong):
    issuer.wrong = WRONG_CLAIMS[wrong]
    _, told = await sign_in(server, **CHALLENGE)
    assert told["error_code"] == "bad_oauth_callback"


async def test_a_signature_that_is_not_the_issuers_does_not_count(server, issuer):
    async def is_refused():
        _, told = await sign_in(server, **CHALLENGE)
        return told.get("error_code") == "bad_oauth_callback"

    published = issuer.keys
    issuer.header = {"alg": "none"}
    assert await is_refused()
    issuer.header = {}
    issuer.keys = [OctKey.import_key(CLIENT_SECRET, {"kid": "one"})]
    assert await is_refused()
    issuer.keys = [ECKey.generate_key("P-256", {"kid": "one"})]
    issuer.published = published
    assert await is_refused()
    stolen = issuer.keys[0].as_dict(private=False)
    issuer.header = {"jwk": stolen, "jku": f"{issuer.url}/keys", "kid": "mine"}
    assert await is_refused()


async def test_a_key_that_rotates_is_found_and_invented_key_ids_do_not_make_us_ask(server, issuer):
    async def is_in():
        return "code" in (await sign_in(server, **CHALLENGE))[1]

    assert await is_in()
    server.clock.moved += 61
    issuer.rotate()
    assert await is_in()
    assert issuer.asked.count("keys") == 2
    issuer.header = {"kid": "invented"}
    for _ in range(3):
        assert not await is_in()
    assert issuer.asked.count("keys") == 2
    server.clock.moved += 61
    assert not await is_in()
    assert issuer.asked.count("keys") == 3
    issuer.header, issuer.key_status = {}, 500
    server.clock.moved += 3601
    issuer.wrong = {"iat": int(server.clock()), "exp": int(server.clock()) + 300}
    assert await is_in()


async def test_a_state_counts_once_for_ten_minutes_and_only_if_we_made_it(server, issuer):
    begun, _ = await visit(server, f"{server.url}/authorize?{urlencode({'provider': 'local', **CHALLENGE})}")
    back, _ = await visit(server, begun)
    async with server.http.head(server.url + back.removeprefix(f"{SITE}/auth/v1"), allow_redirects=False) as looked:
        assert looked.headers["location"] == SITE
    first, second = ended(await visit(server, back)), ended(await visit(server, back))
    assert "code" in first[1]
    assert second[1]["error_code"] == "bad_oauth_state"
    begun, _ = await visit(server, f"{server.url}/authorize?{urlencode({'provider': 'local', **CHALLENGE})}")
    back, _ = await visit(server, begun)
    server.clock.moved = 601
    assert ended(await visit(server, back))[1]["error_code"] == "bad_oauth_state"
    forged = ended(await visit(server, f"{SITE}/auth/v1/callback?code=x&state=forged"))
    assert forged == (
        SITE,
        {
            "error": "access_denied",
            "error_code": "bad_oauth_state",
            "error_description": "OAuth state is unknown or has expired",
        },
    )


async def test_what_the_provider_refuses_is_told_to_the_site(server):
    begun, _ = await visit(server, f"{server.url}/authorize?{urlencode({'provider': 'local', **CHALLENGE})}")
    state = dict(parse_qsl(urlsplit(begun).query))["state"]
    denied = urlencode({"state": state, "error": "access_denied", "error_description": "No thanks"})
    _, told = ended(await visit(server, f"{SITE}/auth/v1/callback?{denied}"))
    assert (told["error_code"], told["error_description"]) == ("bad_oauth_callback", "No thanks")


async def test_what_goes_to_the_provider_is_ours_and_no_clients_to_change(server):
    query = {"provider": "local", "scopes": "calendar", "prompt": "consent", "client_id": "evil", **CHALLENGE}
    begun, _ = await visit(
        server, f"{server.url}/authorize?{urlencode({**query, 'redirect_uri': 'https://evil.example'})}"
    )
    sent = dict(parse_qsl(urlsplit(begun).query))
    assert (sent["redirect_uri"], sent["client_id"]) == (f"{SITE}/auth/v1/callback", "millstream-client")
    assert (sent["scope"], sent["prompt"], sent["code_challenge_method"]) == (
        "openid email profile calendar",
        "consent",
        "S256",
    )
    assert len({sent["state"], sent["nonce"], sent["code_challenge"], CHALLENGE["code_challenge"]}) == 4


@pytest.mark.parametrize(
    "document",
    [{"issuer": "https://other.example"}, {"jwks_uri": None}, {"authorization_endpoint": 7}],
    ids=["another issuer", "no keys", "no URL"],
)
async def test_a_discovery_document_that_lies_is_not_followed(server, issuer, document):
    issuer.document = document
    answer = await server.get(f"/authorize?{urlencode({'provider': 'local', **CHALLENGE})}")
    assert (answer.status, answer.body["code"]) == (400, "oauth_provider_unavailable")


@pytest.mark.parametrize("url", ["http://internal.example/token", "file:///etc/passwd", "https://a@b.example/"])
async def test_secrets_go_to_no_endpoint_that_is_not_https(server, issuer, url):
    issuer.document = {"token_endpoint": url}
    _, told = await sign_in(server, **CHALLENGE)
    assert told["error_code"] == "oauth_provider_unavailable"


async def test_an_identity_is_linked_by_whoever_holds_the_verifier_and_taken_away_again(server, issuer):
    known = await with_account(server)
    token = (await server.sign_in()).body["access_token"]
    issuer.person = {**issuer.person, "sub": "other", "email": "ada@provider.example"}
    query = urlencode({"provider": "local", "skip_http_redirect": "true", **CHALLENGE})
    begun = (await server.get(f"/user/identities/authorize?{query}", token=token)).body["url"]
    back, _ = await visit(server, begun)
    _, told = ended(await visit(server, back))
    assert len((await server.get("/user", token=token)).body["identities"]) == 1
    assert (await exchange(server, told, "w" * 50)).body["code"] == "bad_code_verifier"
    user = (await exchange(server, told)).body["user"]
    assert (user["id"], user["email"]) == (known["id"], EMAIL)
    identities = {each["provider"]: each["identity_id"] for each in user["identities"]}
    assert set(identities) == {"email", "local"}
    _, later = await sign_in(server, **CHALLENGE)
    assert (await exchange(server, later)).body["user"]["id"] == known["id"]
    assert (await server.ask("DELETE", f"/user/identities/{identities['email']}", token=token)).status == 200
    assert (await server.sign_in()).body["code"] == "invalid_credentials"
    last = await server.ask("DELETE", f"/user/identities/{identities['local']}", token=token)
    assert (last.status, last.body["code"]) == (422, "single_identity_not_deletable")
    gone = await server.ask("DELETE", f"/user/identities/{identities['email']}", token=token)
    assert (gone.status, gone.body["code"]) == (404, "identity_not_found")


async def test_linking_wants_a_challenge_and_an_identity_that_nobody_has(server):
    _, told = await sign_in(server, **CHALLENGE)
    assert (await exchange(server, told)).status == 200
    await with_account(server, "bob@example.org")
    token = (await server.sign_in("bob@example.org")).body["access_token"]
    refused = await server.get("/user/identities/authorize?provider=local", token=token)
    assert (refused.status, refused.body["code"]) == (400, "validation_failed")
    query = urlencode({"provider": "local", "skip_http_redirect": "true", **CHALLENGE})
    begun = (await server.get(f"/user/identities/authorize?{query}", token=token)).body["url"]
    _, told = ended(await visit(server, (await visit(server, begun))[0]))
    taken = await exchange(server, told)
    assert (taken.status, taken.body["code"]) == (422, "identity_already_exists")


async def test_a_guest_becomes_somebody_by_linking(server):
    guest = (await server.post("/signup", {})).body
    query = urlencode({"provider": "local", "skip_http_redirect": "true", **CHALLENGE})
    begun = (await server.get(f"/user/identities/authorize?{query}", token=guest["access_token"])).body["url"]
    _, told = ended(await visit(server, (await visit(server, begun))[0]))
    user = (await exchange(server, told)).body["user"]
    assert (user["id"], user["email"], user["is_anonymous"]) == (guest["user"]["id"], EMAIL, False)


async def test_closed_sign_up_and_bans_hold_for_providers_too(accounts, issuer):
    async with auth_server(accounts, sign_up=False, oidc_providers=issuer.setting()) as server:
        _, told = await sign_in(server, **CHALLENGE)
        assert told["error_code"] == "signup_disabled"
        user = await with_account(server)
        admin = server.auth.api_keys.service_role_key
        await server.ask("PUT", f"/admin/users/{user['id']}", {"ban_duration": "24h"}, token=admin)
        _, told = await sign_in(server, **CHALLENGE)
        assert told["error_code"] == "user_banned"


async def test_an_unknown_provider_is_refused_and_known_ones_are_in_the_settings(server):
    refused = await server.get("/authorize?provider=github")
    assert (refused.status, refused.body["code"]) == (400, "validation_failed")
    assert (await server.get("/settings")).body["external"]["local"] is True
