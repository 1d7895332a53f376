"""Log-in of the development issuer as an app does it: code flow with PKCE, refresh tokens that are good once."""

import re
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from deploy.local.county.catalogue import PERSONAS, Persona
from deploy.local.issuer.login import challenge_of
from deploy.local.issuer.tokens import Issuer
from shared.testing.clock import FrozenClock
from tests.shared.test_issuer import URL, claims_of, client_of

VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"  # RFC 7636, appendix B
BACK = "http://localhost:5173/back"
LOGIN = {
    "response_type": "code",
    "client_id": "phone",
    "redirect_uri": BACK,
    "scope": "openid offline_access",
    "state": "s-1",
    "code_challenge": challenge_of(VERIFIER),
    "code_challenge_method": "S256",
}
WHO = {"role": "village_clerk", "area": "450481100201", "department": ""}


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock()


@pytest.fixture
def issuer(tmp_path: Path, clock: FrozenClock) -> Issuer:
    return Issuer(tmp_path, url=URL, clock=clock)


async def code(client: httpx.AsyncClient, **other: str) -> dict[str, str]:
    """What comes back to the app."""
    sent = await client.post("/authorize", data={**LOGIN, **WHO, **other})
    assert sent.status_code == 303, sent.text
    address, _, query = sent.headers["location"].partition("?")
    assert address == BACK
    return {name: values[0] for name, values in parse_qs(query).items()}


async def redeem(client: httpx.AsyncClient, code: str, **other: str) -> httpx.Response:
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": BACK, "client_id": "phone"}
    return await client.post("/token", data={**form, "code_verifier": VERIFIER, **other})


def test_the_challenge_is_that_of_the_standard() -> None:
    assert challenge_of(VERIFIER) == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


async def test_an_app_logs_in_and_stays_logged_in(issuer: Issuer) -> None:
    async with client_of(issuer) as client:
        found = (await client.get("/.well-known/openid-configuration")).json()
        assert found["code_challenge_methods_supported"] == ["S256"]
        page = await client.get(found["authorization_endpoint"], params=LOGIN)
        hidden = dict(re.findall(r'type="hidden" name="([a-z_]+)" value="([^"]*)"', page.text))
        assert hidden == LOGIN
        back = await code(client)
        assert (back["state"], back["iss"]) == ("s-1", URL)
        first = (await redeem(client, back["code"])).json()
        claims = claims_of(first["access_token"], issuer)
        assert claims["xiangli_grants"] == [{**WHO, "department": None}]
        assert claims_of(first["id_token"], issuer)["aud"] == "phone"
        again = {"grant_type": "refresh_token", "refresh_token": first["refresh_token"], "client_id": "phone"}
        second = await client.post("/token", data=again)
        assert claims_of(second.json()["access_token"], issuer)["sub"] == claims["sub"]
        used = await client.post("/token", data=again)
        assert (used.status_code, used.json()["error"]) == (400, "invalid_grant")
        third = await client.post("/token", data={**again, "refresh_token": second.json()["refresh_token"]})
        assert third.status_code == 200


async def test_a_code_is_good_once_for_its_client_and_for_a_minute(issuer: Issuer, clock: FrozenClock) -> None:
    async with client_of(issuer) as client:
        for wrong in (
            {"code_verifier": "x" * 43},
            {"code_verifier": ""},
            {"redirect_uri": "http://localhost:1/"},
            {"client_id": "other"},
        ):
            refused = await redeem(client, (await code(client))["code"], **wrong)
            assert (refused.status_code, refused.json()["error"]) == (400, "invalid_grant"), wrong
        once = (await code(client))["code"]
        assert (await redeem(client, once)).status_code == 200
        assert (await redeem(client, once)).status_code == 400
        late = (await code(client))["code"]
        clock.advance(seconds=61)
        assert (await redeem(client, late)).status_code == 400


@pytest.mark.parametrize(
    "wrong",
    [
        {"redirect_uri": "https://elsewhere.example/back"},
        {"redirect_uri": "javascript:alert(1)"},
        {"redirect_uri": "http://localhost.evil.example/"},
        {"response_type": "token"},
        {"client_id": ""},
        {"code_challenge": "short"},
        {"code_challenge_method": "plain"},
    ],
)
async def test_what_names_no_app_or_no_challenge_is_not_sent_back(issuer: Issuer, wrong: dict[str, str]) -> None:
    async with client_of(issuer) as client:
        assert (await client.get("/authorize", params={**LOGIN, **wrong})).status_code == 400
        posted = await client.post("/authorize", data={**LOGIN, **WHO, **wrong})
    assert (posted.status_code, "location" in posted.headers) == (400, False)


async def test_an_own_scheme_gets_its_code_and_a_wrong_area_its_reason(issuer: Issuer) -> None:
    async with client_of(issuer) as client:
        own = await client.post("/authorize", data={**LOGIN, **WHO, "redirect_uri": "cn.county.app:/login"})
        assert urlsplit(own.headers["location"]).scheme == "cn.county.app"
        assert (await code(client, area="7"))["error"] == "access_denied"
        assert (await code(client, role="department_officer"))["error"] == "access_denied"


async def test_a_page_in_a_browser_may_ask_for_tokens(issuer: Issuer) -> None:
    async with client_of(issuer) as client:
        answer = await client.get("/.well-known/openid-configuration", headers={"Origin": "http://localhost:5173"})
    assert answer.headers["access-control-allow-origin"] == "*"


@pytest.mark.parametrize("persona", PERSONAS, ids=lambda one: one.username)
async def test_everybody_of_the_demo_county_logs_in_from_the_page(issuer: Issuer, persona: Persona) -> None:
    async with client_of(issuer) as client:
        page = (await client.get("/authorize", params=LOGIN)).text
        assert f'<button name="persona" value="{persona.username}">{persona.title} {persona.username}</button>' in page
        answer = (await redeem(client, (await code(client, persona=persona.username))["code"])).json()
        claims = claims_of(answer["access_token"], issuer)
        assert claims["xiangli_grants"] == [persona.grant]
        assert claims["sub"] == persona.username
        assert claims_of(answer["id_token"], issuer)["sub"] == persona.username
        again = {"grant_type": "refresh_token", "refresh_token": answer["refresh_token"], "client_id": "phone"}
        renewed = (await client.post("/token", data=again)).json()
        assert claims_of(renewed["access_token"], issuer)["sub"] == persona.username


async def test_a_name_that_nobody_has_is_no_persona(issuer: Issuer) -> None:
    async with client_of(issuer) as client:
        answer = (await redeem(client, (await code(client, persona="nobody"))["code"])).json()
        assert claims_of(answer["access_token"], issuer)["sub"] == f"{WHO['role']}-{WHO['area']}"
