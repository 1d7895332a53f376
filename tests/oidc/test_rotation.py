"""The realm's keys change under running services: nobody is sent away, and a key that was taken away stops."""

import base64
import json
import time

import pytest

from deploy.keycloak.admin import Admin
from deploy.keycloak.login import Issuer
from tests.oidc.conftest import People
from tests.oidc.county import CLERK, EVERYWHERE, OK, UNAUTHENTICATED, County
from tests.oidc.processes import api_process

pytestmark = [pytest.mark.oidc, pytest.mark.xdist_group("oidc")]


def key_of(token: str) -> str:
    found: str = json.loads(base64.urlsafe_b64decode(token.split(".")[0] + "=="))["kid"]
    return found


def test_a_new_key_works_at_once_and_an_old_one_until_it_is_taken_away(
    county: County, issuer: Issuer, admin: Admin, people: People
) -> None:
    clerk = people.new(CLERK)

    def log_in() -> str:
        return issuer.code_flow(clerk.username, clerk.password).access

    before = log_in()
    first = admin.signing_key()
    assert key_of(before) == first.kid
    assert county.everywhere(before) == OK
    with api_process(county.stack.stack, "registry", hasty=True) as asking_often:
        asking_often.until("/readyz", 200)

        second = admin.add_key()
        after = log_in()
        assert key_of(after) == second.kid
        assert county.everywhere(after) == OK, "the first token of the new key"
        assert county.everywhere(before) == OK

        admin.set_key(first, active=False, enabled=True)
        assert county.everywhere(before) == OK, "a passive key still verifies"
        assert asking_often.get(EVERYWHERE["registry"], before).status_code == 200

        admin.set_key(first, active=False, enabled=False)
        assert county.everywhere(before) == OK, "nobody has asked for the keys since"
        deadline = time.monotonic() + 20
        while asking_often.get(EVERYWHERE["registry"], before).status_code == 200 and time.monotonic() < deadline:
            time.sleep(0.5)
        assert asking_often.get(EVERYWHERE["registry"], before).status_code == 401, "the next regular look at the keys"
        assert asking_often.get(EVERYWHERE["registry"], after).status_code == 200

    third = admin.add_key()
    newest = log_in()
    assert key_of(newest) == third.kid
    assert county.everywhere(newest) == OK
    assert county.everywhere(before) == UNAUTHENTICATED, "the new key made all of them look again"
    assert county.everywhere(after) == OK
