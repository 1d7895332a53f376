"""Accounts of a first day at a real Keycloak: made once, corrected, logged in with, handed over."""

import json
from pathlib import Path

import httpx
import pytest

from deploy.first_day.accounts import KeycloakAt, LoggedIn, Passwords, hand_over, make_accounts, realm_with
from deploy.first_day.county_file import CountyFile
from deploy.first_day.refusal import FirstDayRefused
from deploy.first_day.trial import trial_county
from deploy.keycloak.admin import Admin
from deploy.keycloak.server import REALM, KeycloakServer
from shared.auth.tokens import GRANTS
from tests.oidc.county import claims

pytestmark = [pytest.mark.oidc, pytest.mark.xdist_group("oidc")]


@pytest.fixture
def at(keycloak: KeycloakServer) -> KeycloakAt:
    return KeycloakAt(keycloak.url, *keycloak.administrator())


@pytest.fixture
def county() -> CountyFile:
    whole = trial_county()
    few = [one.model_copy(update={"username": f"first-{one.username}"}) for one in whole.accounts]
    return whole.model_copy(update={"accounts": few, "households": [], "grids": []})


def test_accounts_are_made_once_log_in_with_their_grant_and_are_handed_over(
    at: KeycloakAt, county: CountyFile, tmp_path: Path
) -> None:
    passwords = Passwords(tmp_path / "first.json")
    assert (
        make_accounts(county, at, passwords).english == f"{len(county.accounts)} accounts are made, 0 grants corrected."
    )
    source = LoggedIn(at.issuer, passwords)
    for account in county.accounts:
        assert claims(source.token(account))[GRANTS] == [account.grant]
    assert make_accounts(county, at, passwords).english == "0 accounts are made, 0 grants corrected."
    moved = county.accounts[5].model_copy(update={"area": "450481114202"})
    other = county.model_copy(update={"accounts": [moved]})
    assert make_accounts(other, at, passwords).english == "0 accounts are made, 1 grants corrected."
    assert claims(source.token(moved))[GRANTS] == [moved.grant]
    hand_over(county, at, passwords)
    with pytest.raises(FirstDayRefused, match="XIANGLI_TOKEN_FIRST_REGISTRAR"):
        source.token(county.accounts[0])


def test_a_wrong_administrator_is_one_sentence(at: KeycloakAt, county: CountyFile, tmp_path: Path) -> None:
    wrong = KeycloakAt(at.url, at.username, "not the password")
    with pytest.raises(FirstDayRefused, match="check its address, its administrator and the realm") as refused:
        make_accounts(county, wrong, Passwords(tmp_path / "first.json"))
    assert "not the password" not in str(refused.value)


def test_the_realm_file_with_accounts_is_taken_by_keycloak(admin: Admin, county: CountyFile) -> None:
    first = {one.username: "a-first-password-1" for one in county.accounts}
    document = json.loads(json.dumps(realm_with(county.accounts, first)).replace(f"/{REALM}/", "/first-day/"))
    assert admin.ask("POST", "", document | {"realm": "first-day"}, realm="").status_code == httpx.codes.CREATED
    made = Admin(admin._server, "first-day")
    for account in county.accounts:
        found = made.find_user(account.username)
        assert found is not None
        assert [json.loads(text) for text in found["attributes"][GRANTS]] == [account.grant]
    made.close()
