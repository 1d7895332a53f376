"""The issuer hangs for more than a minute, then it is away: requests go on with the keys that are known."""

import time

import pytest

from deploy.keycloak.admin import Admin
from deploy.keycloak.login import Issuer
from deploy.keycloak.server import KeycloakServer
from shared.auth.tokens import SKEW
from tests.oidc.conftest import People
from tests.oidc.county import CLERK, COUNTY, EVERYWHERE, FOR_MACHINES, OK, County
from tests.oidc.processes import api_process

pytestmark = [pytest.mark.oidc, pytest.mark.xdist_group("oidc")]

OUTAGE = SKEW + 5
"""Seconds: more than a minute, and long enough for a token to end."""
PATIENCE = 4.5
"""Seconds that a request may take meanwhile; a fetch that hangs takes five."""


def test_requests_go_on_while_the_issuer_hangs_for_a_minute(
    county: County, keycloak: KeycloakServer, issuer: Issuer, admin: Admin, people: People
) -> None:
    clerk = people.new(CLERK)
    known, unseen = (issuer.code_flow(clerk.username, clerk.password).access for _ in range(2))
    assert county.everywhere(known) == OK
    admin.add_client("short", attributes={"access.token.lifespan": "1"}, defaultClientScopes=["basic", "xiangli"])
    short = admin.machine("short")
    admin.set_grants(short.subject, [{"role": "integrator", "area": COUNTY}])
    ending = issuer.client_credentials("short", short.secret).access
    assert county.everywhere(ending, FOR_MACHINES) == OK

    with api_process(county.stack.stack, "registry", hasty=True) as asking_often:
        asking_often.until("/readyz", 200)
        keycloak.freeze()
        try:
            with api_process(county.stack.stack, "grid") as newcomer:
                began, slowest, asked = time.monotonic(), 0.0, 0
                assert county.everywhere(unseen) == OK, "a token that nobody saw before"
                judged = False
                while time.monotonic() - began < OUTAGE:
                    sent = time.monotonic()
                    assert county.everywhere(known) == OK
                    assert asking_often.get(EVERYWHERE["registry"], known).status_code == 200
                    slowest, asked = max(slowest, time.monotonic() - sent), asked + 1
                    if not judged and newcomer.health("/healthz") is not None:
                        newcomer.until("/healthz", 200)
                        assert newcomer.until("/readyz", 503)["identity"] is False
                        refused = newcomer.get(EVERYWHERE["grid"], known)
                        assert (refused.status_code, refused.json()["code"]) == (503, "issuer_unavailable")
                        assert int(refused.headers["retry-after"]) > 0
                        judged = True
                    time.sleep(0.3)
                assert judged, "the new process never came up"
                assert asked > 20
                assert slowest < PATIENCE, f"a round of requests took {slowest:.1f} s"
                assert county.everywhere(ending, FOR_MACHINES) == {(401, "token_expired")}
                assert asking_often.until("/readyz", 200)["identity"] is True, "an outage takes nobody away"
                keycloak.thaw()
                newcomer.until("/readyz", 200)
                assert newcomer.get(EVERYWHERE["grid"], known).status_code == 200
                assert f"XIANGLI_OIDC_ISSUER: {keycloak.issuer}/.well-known" in newcomer.said()
        finally:
            keycloak.thaw()
        assert '"event":"issuer_keys_not_fetched"' in asking_often.said()
        assert '"known_keys_serve":true' in asking_often.said()


def test_requests_go_on_while_the_issuer_is_restarted_and_its_tokens_outlive_it(
    county: County, keycloak: KeycloakServer, issuer: Issuer, people: People
) -> None:
    clerk = people.new(CLERK)
    tokens = issuer.code_flow(clerk.username, clerk.password)
    keycloak.stop()
    assert not keycloak.answers()
    assert county.everywhere(tokens.access) == OK
    keycloak.start()
    assert county.everywhere(tokens.access) == OK
    assert tokens.refresh is not None
    assert county.everywhere(issuer.refresh(tokens.refresh).access) == OK, "logins are kept in Keycloak's database"
