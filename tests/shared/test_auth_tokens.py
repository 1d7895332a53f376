"""Access tokens against an issuer that rotates its keys, lies and goes away."""

import asyncio
import base64
import contextlib
import json

import pytest
from joserfc import jwt
from joserfc.jwk import OctKey

from shared.auth.keys import REFRESH, RETRY, UNKNOWN_BURST, UNKNOWN_KID, IssuerAway, IssuerKeys
from shared.auth.principal import Grant
from shared.auth.tokens import SKEW, OidcVerifier, TokenExpired, grants_of
from shared.errors import Unauthenticated
from shared.testing.clock import FrozenClock
from tests.shared.issuer import ISSUER, Algorithm, Issuer

STALE = 3600


class World:
    """An issuer, a clock and a verifier that knows the issuer by its address only."""

    def __init__(self, clock: FrozenClock, *, stale_limit: float = STALE) -> None:
        self.clock = clock
        self.issuer = Issuer()
        self.keys = IssuerKeys(ISSUER, clock=clock, stale_limit=stale_limit, transport=self.issuer.transport())
        self.verifier = OidcVerifier(self.keys, issuer=ISSUER, audience="xiangli", clock=clock)

    def token(self, **how: object) -> str:
        return self.issuer.token(self.clock.now(), **how)  # type: ignore[arg-type]

    async def settle(self) -> None:
        """Let a refresh behind the requests finish."""
        if self.keys._refreshing is not None:
            await self.keys._refreshing


@pytest.fixture
def world() -> World:
    return World(FrozenClock())


@pytest.mark.parametrize("algorithm", ["RS256", "ES256", "EdDSA", "Ed25519"])
async def test_a_token_of_each_algorithm_gives_its_subject_and_grants(world: World, algorithm: Algorithm) -> None:
    world.issuer.rotate(algorithm)
    principal = await world.verifier.verify(world.token())
    assert principal.subject == "clerk-1"
    assert principal.grants == (Grant("village_clerk", "450481100201"),)


@pytest.mark.parametrize("published", ["EdDSA", "Ed25519"])
@pytest.mark.parametrize("named", ["EdDSA", "Ed25519"])
async def test_a_key_of_ed25519_verifies_tokens_under_both_names_whichever_it_is_published_with(
    world: World, published: Algorithm, named: str
) -> None:
    world.issuer.rotate(published)
    assert (await world.verifier.verify(world.token(header={"alg": named}))).subject == "clerk-1"


@pytest.mark.parametrize("named", ["EdDSA", "Ed25519"])
@pytest.mark.parametrize("algorithm", ["RS256", "ES256"])
async def test_no_other_key_verifies_under_the_names_of_ed25519(world: World, algorithm: Algorithm, named: str) -> None:
    world.issuer.rotate(algorithm)
    header, _, rest = world.token().partition(".")
    told = json.loads(base64.urlsafe_b64decode(header + "=="))
    told["alg"] = named
    changed = base64.urlsafe_b64encode(json.dumps(told).encode()).rstrip(b"=").decode()
    with pytest.raises(Unauthenticated):
        await world.verifier.verify(f"{changed}.{rest}")


@pytest.mark.parametrize("named", ["EdDSA", "Ed448"])
async def test_a_key_of_another_curve_of_edwards_is_not_used(world: World, named: str) -> None:
    world.issuer.rotate("Ed448")
    with pytest.raises(Unauthenticated):
        await world.verifier.verify(world.token(header={"alg": named}))


async def test_a_known_token_is_not_verified_twice_and_keys_are_fetched_once(world: World) -> None:
    token = world.token()
    first = await world.verifier.verify(token)
    assert await world.verifier.verify(token) is first
    assert world.issuer.fetches == 1


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "https://other.test"},
        {"iss": None},
        {"aud": "another-app"},
        {"aud": ["another-app", "third"]},
        {"aud": None},
        {"exp": None},
        {"exp": "tomorrow"},
        {"exp": True},
        {"exp": float("inf")},
        {"exp": float("nan")},
        {"exp": 10**400},
        {"exp": 253_402_300_800},
        {"nbf": float("nan")},
        {"iat": float("-inf")},
        {"sub": None},
        {"sub": ""},
        {"sub": 7},
        {"sub": "anonymous"},
        {"sub": "system:calendar"},
        {"sub": "ＳＹＳＴＥＭ：calendar"},
        {"sub": "System:county:urn:county:450481:hotline-12345"},
        {"sub": "clerk\n1"},
        {"sub": "clerk\0"},
        {"sub": "clerk\u202e1"},
        {"sub": "clerk\u200b"},
        {"sub": " clerk-1"},
        {"sub": "\ud800"},
        {"sub": "x" * 201},
    ],
    ids=str,
)
async def test_a_token_with_a_wrong_claim_is_refused(world: World, claims: dict[str, object]) -> None:
    with pytest.raises(Unauthenticated):
        await world.verifier.verify(world.token(**claims))


@pytest.mark.parametrize("typ", ["at+jwt", "AT+JWT", "application/at+jwt", "JWT", "jwt"])
async def test_an_access_token_says_what_it_is(world: World, typ: str) -> None:
    assert (await world.verifier.verify(world.token(header={"typ": typ}))).subject == "clerk-1"


@pytest.mark.parametrize("typ", [None, "", "logout+jwt", "dpop+jwt", "secevent+jwt", "JOSE", "at+jwt,JWT"])
async def test_what_is_no_access_token_is_refused(world: World, typ: str | None) -> None:
    with pytest.raises(Unauthenticated):
        await world.verifier.verify(world.token(header={"typ": typ}))


async def test_of_an_issuer_that_types_its_access_tokens_nothing_else_is_taken(world: World) -> None:
    strict = OidcVerifier(world.keys, issuer=ISSUER, audience="xiangli", clock=world.clock, types=("at+jwt",))
    assert (await strict.verify(world.token())).subject == "clerk-1"
    with pytest.raises(Unauthenticated):
        await strict.verify(world.token(header={"typ": "JWT"}))


async def test_an_audience_among_several_is_enough(world: World) -> None:
    assert (await world.verifier.verify(world.token(aud=["other", "xiangli"]))).subject == "clerk-1"


async def test_a_token_expires_after_its_time_and_the_allowed_skew_also_when_it_is_known(world: World) -> None:
    token = world.token()
    await world.verifier.verify(token)
    world.clock.advance(minutes=10, seconds=SKEW)
    await world.verifier.verify(token)
    world.clock.advance(seconds=1)
    for _ in range(2):
        with pytest.raises(TokenExpired):
            await world.verifier.verify(token)


async def test_a_token_from_the_future_is_refused_beyond_the_skew(world: World) -> None:
    now = int(world.clock.now().timestamp())
    await world.verifier.verify(world.token(nbf=now + SKEW, iat=now + SKEW))
    for claims in ({"nbf": now + SKEW + 1}, {"iat": now + SKEW + 1}):
        with pytest.raises(Unauthenticated):
            await world.verifier.verify(world.token(**claims))


@pytest.mark.parametrize("algorithm", ["HS256", "RS512", "ES384"])
async def test_other_algorithms_are_refused(world: World, algorithm: Algorithm) -> None:
    world.issuer.rotate(algorithm)
    with pytest.raises(Unauthenticated):
        await world.verifier.verify(world.token())


async def test_the_unsigned_algorithm_is_refused(world: World) -> None:
    parts = world.token().split(".")
    header = {"alg": "none", "kid": "key-1"}
    parts[0] = base64.urlsafe_b64encode(json.dumps(header).encode()).rstrip(b"=").decode()
    for signature in (parts[2], ""):
        with pytest.raises(Unauthenticated):
            await world.verifier.verify(f"{parts[0]}.{parts[1]}.{signature}")


ANYTHING: tuple[object, ...] = (
    *(True, 7, 1e300, "", "x" * 2_000, [], ["RS256"], [[]], [None], {}, {"a": []}, [{"role": [], "area": {}}]),
)


@pytest.mark.parametrize("name", ["alg", "kid", "typ", "crit", "b64", "jwk", "zip", "x5c"])
async def test_whatever_stands_in_a_header_a_forged_token_is_refused(world: World, name: str) -> None:
    _, payload, signature = world.token().split(".")
    for value in ANYTHING:
        told = {"alg": "RS256", "kid": "key-1", "typ": "at+jwt", name: value}
        header = base64.urlsafe_b64encode(json.dumps(told).encode()).rstrip(b"=").decode()
        with pytest.raises(Unauthenticated):
            await world.verifier.verify(f"{header}.{payload}.{signature}")


@pytest.mark.parametrize("name", ["iss", "aud", "iat", "exp", "nbf", "jti", "xiangli_grants"])
async def test_whatever_stands_in_a_claim_it_gives_no_more_than_it_says(world: World, name: str) -> None:
    for value in ANYTHING:
        with contextlib.suppress(Unauthenticated):
            principal = await world.verifier.verify(world.token(**{name: value}))
            assert principal.subject == "clerk-1"
            assert principal.grants in ((), (Grant("village_clerk", "450481100201"),))


async def test_a_public_key_is_no_shared_secret(world: World) -> None:
    """The classic confusion: HMAC with the text of the public RSA key."""
    key, _ = world.issuer.keys["key-1"]
    secret = OctKey.import_key(base64.urlsafe_b64encode(json.dumps(key.as_dict(private=False)).encode()).decode())
    forged = jwt.encode({"alg": "HS256", "kid": "key-1"}, {"sub": "x"}, secret, algorithms=["HS256"])
    with pytest.raises(Unauthenticated):
        await world.verifier.verify(forged)


async def test_a_changed_payload_is_refused(world: World) -> None:
    header, payload, signature = world.token().split(".")
    claims = json.loads(base64.urlsafe_b64decode(payload + "=="))
    claims["xiangli_grants"] = [{"role": "county_registrar", "area": "450481"}]
    forged = base64.urlsafe_b64encode(json.dumps(claims).encode()).rstrip(b"=").decode()
    with pytest.raises(Unauthenticated):
        await world.verifier.verify(f"{header}.{forged}.{signature}")


@pytest.mark.parametrize("token", ["", "x", "a.b", "a.b.c", "a.b.c.d.e", "中文.中文.中文", "x" * 9000, "e30.e30."])
async def test_what_is_no_token_is_refused(world: World, token: str) -> None:
    with pytest.raises(Unauthenticated):
        await world.verifier.verify(token)


async def test_a_new_key_is_found_when_its_first_token_comes_however_soon_that_is(world: World) -> None:
    await world.verifier.verify(world.token())
    world.issuer.rotate("ES256")
    assert (await world.verifier.verify(world.token())).subject == "clerk-1"
    assert world.issuer.fetches == 2


async def test_tokens_with_unknown_keys_do_not_become_a_stream_of_fetches(world: World) -> None:
    async def strangers() -> int:
        before = world.issuer.fetches
        for number in range(50):
            with pytest.raises(Unauthenticated):
                await world.verifier.verify(world.token(header={"kid": f"stranger-{number}"}))
        return world.issuer.fetches - before

    await world.verifier.verify(world.token())
    assert await strangers() == UNKNOWN_BURST
    assert await strangers() == 0
    world.clock.advance(seconds=UNKNOWN_KID)
    assert await strangers() == 1


async def test_a_new_key_while_the_issuer_is_away_is_unavailable_not_a_refusal(world: World) -> None:
    """The token may be good: whoever showed it must not be logged out because the issuer cannot be asked."""
    known = world.token()
    await world.verifier.verify(known)
    world.issuer.rotate("RS256")
    world.issuer.away = True
    with pytest.raises(IssuerAway):
        await world.verifier.verify(world.token())
    await world.verifier.verify(known)
    world.issuer.away = False
    world.clock.advance(seconds=RETRY)
    assert (await world.verifier.verify(world.token())).subject == "clerk-1"


async def test_requests_that_wait_for_the_first_keys_share_one_fetch(world: World) -> None:
    token = world.token()
    await asyncio.gather(*(world.verifier.verify(token) for _ in range(20)))
    assert world.issuer.fetches == 1


async def test_without_any_keys_requests_are_answered_at_once_between_two_tries(world: World) -> None:
    world.issuer.away = True
    token = world.token(exp=int(world.clock.now().timestamp()) + 1000)
    for _ in range(5):
        with pytest.raises(IssuerAway):
            await world.verifier.verify(token)
    assert world.issuer.discoveries == 1
    world.clock.advance(seconds=RETRY)
    world.issuer.away = False
    assert (await world.verifier.verify(token)).subject == "clerk-1"


async def test_a_key_taken_away_stops_working_with_the_next_refresh_also_for_known_tokens(world: World) -> None:
    token = world.token(exp=int(world.clock.now().timestamp()) + 7200)
    await world.verifier.verify(token)
    world.issuer.rotate("RS256", drop=True)
    world.clock.advance(seconds=REFRESH + 1)
    await world.verifier.verify(token)  # served with the known keys, while a refresh runs behind it
    await world.settle()
    with pytest.raises(Unauthenticated):
        await world.verifier.verify(token)


async def test_known_keys_serve_while_the_issuer_is_away_but_not_for_ever(world: World) -> None:
    token = world.token(exp=int(world.clock.now().timestamp()) + 100_000)
    await world.verifier.verify(token)
    world.issuer.away = True
    world.clock.advance(seconds=REFRESH + STALE)
    await world.verifier.verify(token)
    await world.settle()
    world.clock.advance(seconds=1)
    with pytest.raises(IssuerAway):
        await world.verifier.verify(token)
    world.issuer.away = False
    world.clock.advance(seconds=RETRY)
    assert (await world.verifier.verify(token)).subject == "clerk-1"


async def test_with_a_limit_of_nothing_stale_keys_never_serve() -> None:
    world = World(FrozenClock(), stale_limit=0)
    token = world.token(exp=int(world.clock.now().timestamp()) + 100_000)
    await world.verifier.verify(token)
    world.issuer.away = True
    world.clock.advance(seconds=REFRESH + 1)
    with pytest.raises(IssuerAway):
        await world.verifier.verify(token)


async def test_an_issuer_that_was_never_reached_is_unavailable_not_unauthenticated(world: World) -> None:
    world.issuer.away = True
    with pytest.raises(IssuerAway):
        await world.verifier.verify(world.token())


async def test_a_discovery_document_of_another_issuer_is_not_believed(world: World) -> None:
    world.issuer.lie = {"issuer": "https://other.test"}
    with pytest.raises(IssuerAway):
        await world.verifier.verify(world.token())


def test_a_broken_grant_gives_nothing_and_does_not_spoil_its_neighbours() -> None:
    good = {"role": "town_officer", "area": "450481100"}
    broken: list[object] = [
        None,
        "town_officer",
        {"role": "town_officer"},
        {"role": "emperor", "area": "45"},
        {"role": "town_officer", "area": "4504811"},
        {"role": "town_officer", "area": ""},
        {"role": "town_officer", "area": "45~"},
        {"role": "town_officer", "area": 450481},
        {"role": "town_officer", "area": "450481\n"},
        {"role": "town_officer", "area": "45048１"},
        {"role": "town_officer", "area": "450481", "department": "civil_affairs\n"},
        {"role": "town_officer", "area": "450481", "department": {"a": 1}},
        {"role": "town_officer", "area": "450481", "department": "a b"},
    ]
    assert grants_of([*broken, good, *broken]) == (Grant("town_officer", "450481100"),)
    assert grants_of([{"role": "department_officer", "area": "450481"}]) == (), "a department is needed"
    assert grants_of({"role": "operator", "area": "45"}) == ()
    assert grants_of(None) == ()
    assert grants_of([{**good, "department": "civil_affairs"}])[0].department == "civil_affairs"
