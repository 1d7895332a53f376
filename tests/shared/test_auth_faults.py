"""A wrong issuer, or another issuer's token, is one clear sentence that names the setting, and not a stream of them."""

import asyncio
from typing import Any

import httpx
import pytest
import structlog

from shared.auth.keys import REFRESH, RETRY, IssuerAway, IssuerKeys
from shared.auth.tokens import OidcVerifier
from shared.errors import Unauthenticated
from shared.observability.seldom import EVERY
from shared.testing.clock import FrozenClock
from tests.shared.issuer import ISSUER, Issuer

DISCOVERY = "/.well-known/openid-configuration"


class World:
    def __init__(self) -> None:
        self.clock = FrozenClock()
        self.issuer = Issuer()
        self.keys = IssuerKeys(ISSUER, clock=self.clock, stale_limit=3600, transport=self.issuer.transport())
        self.verifier = OidcVerifier(self.keys, issuer=ISSUER, audience="xiangli", clock=self.clock)

    async def logged(self, token: str, refusal: type[Exception]) -> list[Any]:
        """The lines that one request with the token leaves."""
        with structlog.testing.capture_logs() as lines, pytest.raises(refusal):
            await self.verifier.verify(token)
        return lines


@pytest.fixture
def world() -> World:
    return World()


def away(issuer: Issuer) -> None:
    issuer.away = True


def another(issuer: Issuer) -> None:
    issuer.lie = {"issuer": "https://other.test"}


def no_address_of_keys(issuer: Issuer) -> None:
    issuer.lie = {"jwks_uri": None}


def nothing_there(issuer: Issuer) -> None:
    issuer.answers[DISCOVERY] = httpx.Response(404)


def moved(issuer: Issuer) -> None:
    issuer.answers[DISCOVERY] = httpx.Response(302, headers={"location": "https://other.test"})


def a_page(issuer: Issuer) -> None:
    issuer.answers[DISCOVERY] = httpx.Response(200, text="<html>")


def nested(issuer: Issuer) -> None:
    issuer.answers[DISCOVERY] = httpx.Response(200, text="[" * 100_000)


def a_list(issuer: Issuer) -> None:
    issuer.answers[DISCOVERY] = httpx.Response(200, json=[])


def endless(issuer: Issuer) -> None:
    issuer.answers["/jwks"] = httpx.Response(200, text=" " * 300_000)


def no_keys(issuer: Issuer) -> None:
    issuer.answers["/jwks"] = httpx.Response(200, json={"keys": []})


def other_keys(issuer: Issuer) -> None:
    keys = [{"kty": "oct", "kid": "a", "k": "c2VjcmV0"}, {"kty": "RSA", "kid": "b", "n": "AQAB", "e": "AQAB"}]
    issuer.answers["/jwks"] = httpx.Response(200, json={"keys": keys})


@pytest.mark.parametrize(
    ("fault", "sentence"),
    [
        (away, "cannot be reached"),
        (another, "names another issuer, 'https://other.test'"),
        (no_address_of_keys, "names no jwks_uri"),
        (nothing_there, "answers 404"),
        (moved, "answers 302"),
        (a_page, "is not JSON"),
        (nested, "is not JSON"),
        (a_list, "is no discovery document"),
        (endless, "is longer than"),
        (no_keys, "holds no key for RS256, ES256 or Ed25519"),
        (other_keys, "holds no key for RS256, ES256 or Ed25519"),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
async def test_a_faulty_issuer_is_one_sentence_that_names_the_setting(world: World, fault: Any, sentence: str) -> None:
    fault(world.issuer)
    lines = await world.logged(world.issuer.token(world.clock.now()), IssuerAway)
    (line,) = [line for line in lines if line["event"] == "issuer_keys_not_fetched"]
    assert line["fault"].startswith(f"XIANGLI_OIDC_ISSUER: {ISSUER}/")
    assert sentence in line["fault"]
    assert line["log_level"] == "error"
    assert not line["known_keys_serve"]


async def test_an_issuer_that_stays_away_is_not_a_stream_of_lines(world: World) -> None:
    world.issuer.away = True
    token = world.issuer.token(world.clock.now())
    lines = []
    for _ in range(20):
        lines += await world.logged(token, IssuerAway)
        world.clock.advance(seconds=RETRY)
    assert [line["silenced"] for line in lines] == [0, EVERY // RETRY - 1]


async def test_an_outage_is_a_warning_while_known_keys_serve_and_its_end_is_said(world: World) -> None:
    token = world.issuer.token(world.clock.now(), exp=int(world.clock.now().timestamp()) + 10_000)
    await world.verifier.verify(token)
    said = []
    for away in (True, False):
        world.issuer.away = away
        world.clock.advance(seconds=REFRESH + 1)
        with structlog.testing.capture_logs() as lines:
            await world.verifier.verify(token)
            assert world.keys._refreshing is not None
            await world.keys._refreshing
        said += [(line["event"], line["log_level"]) for line in lines]
    assert said == [("issuer_keys_not_fetched", "warning"), ("issuer_keys_fetched_again", "info")]


async def test_a_token_of_another_issuer_is_refused_and_the_log_names_the_setting(world: World) -> None:
    stranger = Issuer("https://other.test")
    token = stranger.token(world.clock.now())
    lines = []
    for _ in range(10):
        lines += await world.logged(token, Unauthenticated)
    (line,) = lines
    assert line["setting"] == "XIANGLI_OIDC_ISSUER"
    assert (line["expected"], line["found"]) == (ISSUER, "'https://other.test'")
    assert line["log_level"] == "warning"
    world.clock.advance(seconds=EVERY)
    (line,) = await world.logged(token, Unauthenticated)
    assert line["silenced"] == 9


async def test_a_token_of_another_issuer_makes_nobody_fetch_keys(world: World) -> None:
    await world.verifier.verify(world.issuer.token(world.clock.now()))
    fetches = world.issuer.fetches
    stranger = Issuer("https://other.test")
    stranger.rotate("ES256")
    with pytest.raises(Unauthenticated):
        await world.verifier.verify(stranger.token(world.clock.now()))
    assert world.issuer.fetches == fetches


async def test_a_token_for_somebody_else_names_the_setting_of_the_audience(world: World) -> None:
    token = world.issuer.token(world.clock.now(), aud=["account", "other"])
    (line,) = await world.logged(token, Unauthenticated)
    assert line["setting"] == "XIANGLI_OIDC_AUDIENCE"
    assert (line["expected"], line["found"]) == ("xiangli", "['account', 'other']")


async def test_what_a_stranger_wrote_does_not_flood_or_break_the_log(world: World) -> None:
    token = Issuer("https://other.test/\n\x1b[2J" + "漢" * 500).token(world.clock.now())
    (line,) = await world.logged(token, Unauthenticated)
    assert len(line["found"]) <= 200
    assert line["found"].isascii()
    assert line["found"].isprintable()


async def test_the_first_keys_are_fetched_before_anybody_asks_and_again_until_they_come(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.issuer.away = True
    tried = asyncio.Event()
    pauses: list[float] = []
    real = asyncio.sleep

    async def sleep(seconds: float) -> None:
        pauses.append(seconds)
        tried.set()
        await real(0)

    monkeypatch.setattr("shared.auth.keys.asyncio.sleep", sleep)
    world.keys.begin()
    await tried.wait()
    assert not world.keys.known
    world.issuer.away = False
    assert world.keys._beginning is not None
    await world.keys._beginning
    assert world.keys.known
    assert pauses[0] == 0.5
    assert max(pauses) <= RETRY
    await world.keys.close()


async def test_the_last_fault_is_there_for_readiness_until_the_keys_come(world: World) -> None:
    assert world.keys.fault is None
    world.issuer.away = True
    token = world.issuer.token(world.clock.now())
    await world.logged(token, IssuerAway)
    assert world.keys.fault is not None
    assert world.keys.fault.startswith(f"XIANGLI_OIDC_ISSUER: {ISSUER}/")
    world.issuer.away = False
    world.clock.advance(seconds=RETRY)
    await world.verifier.verify(token)
    assert world.keys.fault is None
