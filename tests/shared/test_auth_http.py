"""A bearer token's whole way: the development issuer over HTTP, discovery, keys, and the endpoint behind it."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from deploy.local.issuer.app import create_app as create_issuer
from deploy.local.issuer.tokens import Issuer
from shared.auth.keys import REFRESH, UNKNOWN_KID
from shared.auth.tokens import MAX_TOKEN, OidcVerifier
from shared.http.app import readiness
from shared.http.health import served
from shared.testing.clock import FrozenClock
from shared.testing.plugin import DatabaseOf
from tests.shared.http_service import OTHER_VILLAGE, VILLAGE
from tests.shared.http_world import HttpWorld, things_world
from tests.shared.test_http_health import free_port

ROOT = Path(__file__).parents[2]


class Office:
    """An issuer on a port, and the application that trusts it."""

    def __init__(self, world: HttpWorld, issuer: Issuer, port: int) -> None:
        self.world = world
        self.issuer = issuer
        self.port = port

    @contextlib.asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        """The issuer answers, and the application has noticed."""
        async with served(create_issuer(self.issuer), host="127.0.0.1", port=self.port), asyncio.timeout(30):
            while not self.world.app.state.kit.keys.known:
                await asyncio.sleep(0.01)
            yield

    async def status(self, token: str | None = None) -> tuple[int, str | None]:
        """What making a thing is answered with: the status, and the code of a refusal."""
        headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        transport = httpx.ASGITransport(app=self.world.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://test/registry/v1", headers=headers) as http:
            body = {"name": f"井{self.world.clock.now().timestamp()}"}
            answer = await http.post("/things", json=body)
            return answer.status_code, answer.json().get("code")


@pytest.fixture
async def office(committed_of: DatabaseOf, tmp_path: Path, clock: FrozenClock) -> AsyncIterator[Office]:
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    issuer = Issuer(tmp_path, url=url, clock=clock)
    async with things_world(committed_of, settings={"oidc_issuer": url}, verifier=None, clock=clock) as world:
        assert isinstance(world.app.state.kit.verifier, OidcVerifier)
        yield Office(world, issuer, port)


async def test_a_token_of_the_issuer_opens_what_its_grants_open(office: Office) -> None:
    async with office.open():
        clerk = office.issuer.mint(role="village_clerk", area=VILLAGE)
        assert await office.status(clerk) == (201, None)
        assert await office.status(office.issuer.mint(role="village_clerk", area=OTHER_VILLAGE)) == (404, "not_found")
        assert await office.status(office.issuer.mint(role="assessor", area=VILLAGE)) == (403, "forbidden")
        assert await office.status(office.issuer.mint(role="village_clerk", area=VILLAGE, lifetime=-600)) == (
            401,
            "token_expired",
        )
        assert await office.status() == (401, "unauthenticated")


async def test_keys_rotate_without_anybody_being_sent_away_and_dropped_keys_stop(office: Office) -> None:
    clock = office.world.clock
    async with office.open():
        old = office.issuer.mint(role="village_clerk", area=VILLAGE, lifetime=7200)
        assert (await office.status(old))[0] == 201
        office.issuer.rotate()
        clock.advance(seconds=UNKNOWN_KID + 1)
        new = office.issuer.mint(role="village_clerk", area=VILLAGE, lifetime=7200, algorithm="ES256")
        assert (await office.status(new))[0] == 201
        clock.advance(seconds=1)
        assert (await office.status(old))[0] == 201
        office.issuer.rotate(drop=True)
        clock.advance(seconds=UNKNOWN_KID + 1)
        newest = office.issuer.mint(role="village_clerk", area=VILLAGE)
        assert (await office.status(newest))[0] == 201  # its key made us ask again
        for dropped in (old, new):
            assert await office.status(dropped) == (401, "unauthenticated")


async def test_while_the_issuer_is_away_known_keys_serve_within_the_limit_then_503(office: Office) -> None:
    clock = office.world.clock
    token = office.issuer.mint(role="village_clerk", area=VILLAGE, lifetime=100_000)
    assert not (await readiness(office.world.app.state.kit)())["identity"]
    assert await office.status(token) == (503, "issuer_unavailable")
    async with office.open():
        assert (await office.status(token))[0] == 201
    limit = office.world.app.state.kit.settings.oidc_stale_limit
    clock.advance(seconds=REFRESH + limit)
    assert (await office.status(token))[0] == 201
    clock.advance(seconds=10)
    assert await office.status(token) == (503, "issuer_unavailable")
    assert (await readiness(office.world.app.state.kit)())["identity"], "an outage takes no process away"


async def test_a_token_with_too_many_grants_is_told_so_with_the_limit(office: Office) -> None:
    async with office.open():
        transport = httpx.ASGITransport(app=office.world.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://test/registry/v1") as http:
            for length, code in ((MAX_TOKEN, "unauthenticated"), (MAX_TOKEN + 1, "token_too_large")):
                answer = await http.get("/own", headers={"Authorization": "Bearer " + "x" * length})
                assert (answer.status_code, answer.json()["code"]) == (401, code)
        assert answer.headers["www-authenticate"] == (
            'Bearer error="invalid_token", error_description="longer than 8192 characters: too many grants"'
        )
        assert "授权" in answer.json()["title"]


@pytest.mark.parametrize("page", ["trouble.md", "trouble.zh-CN.md"])
def test_the_pages_for_operators_say_how_long_a_token_may_be(page: str) -> None:
    [line] = [
        one
        for one in (ROOT / "docs/operations" / page).read_text(encoding="utf-8").splitlines()
        if one.startswith("| `token_too_large`")
    ]
    assert f"{MAX_TOKEN:,}" in line
