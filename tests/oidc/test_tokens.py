"""Tokens of a real Keycloak at all four services: what opens, what does not, and how grants get in."""

import json

import pytest

from deploy.keycloak.admin import Admin, AdminRefused, texts
from deploy.keycloak.login import APP, DASHBOARD, Issuer
from deploy.keycloak.server import KeycloakServer
from tests.oidc.conftest import People
from tests.oidc.county import (
    CLERK,
    COUNTY,
    EVERYWHERE,
    FOR_MACHINES,
    FORBIDDEN,
    OK,
    OTHER_VILLAGE,
    TOWN,
    UNAUTHENTICATED,
    VILLAGE,
    County,
    claims,
)

pytestmark = [pytest.mark.oidc, pytest.mark.xdist_group("oidc")]


@pytest.mark.parametrize("client", [APP, DASHBOARD], ids=["app", "dashboard"])
def test_somebody_who_logs_in_sees_their_own_village_in_all_four_services(
    county: County, issuer: Issuer, people: People, client: tuple[str, str]
) -> None:
    clerk = people.new(CLERK)
    tokens = issuer.code_flow(clerk.username, clerk.password, client=client)
    assert county.everywhere(tokens.access) == OK
    assert county.status(f"/registry/v1/persons?area={OTHER_VILLAGE}", tokens.access) == (404, "not_found")
    assert claims(tokens.access)["sub"] == clerk.id
    assert county.everywhere(None) == UNAUTHENTICATED


def test_a_machine_gets_its_token_by_client_credentials_and_reads_what_integrators_read(
    county: County, issuer: Issuer, admin: Admin
) -> None:
    machine = admin.machine("xiangli-machine")
    before = issuer.client_credentials(machine.client, machine.secret)
    assert county.everywhere(before.access, FOR_MACHINES) == FORBIDDEN, "a new machine may do nothing"
    admin.set_grants(machine.subject, [{"role": "integrator", "area": COUNTY}])
    tokens = issuer.client_credentials(machine.client, machine.secret)
    assert tokens.refresh is None
    assert county.everywhere(tokens.access, FOR_MACHINES) == OK
    assert county.status(EVERYWHERE["registry"], tokens.access) == (403, "forbidden"), "integrators see no person"


def test_the_secret_of_the_machine_is_made_by_each_realm(admin: Admin) -> None:
    other = admin.create_realm("secrets")
    try:
        assert other.machine("xiangli-machine").secret != admin.machine("xiangli-machine").secret
        assert len(admin.machine("xiangli-machine").secret) >= 32
    finally:
        other.close()


def test_somebody_without_grants_is_known_and_may_do_nothing(county: County, issuer: Issuer, people: People) -> None:
    nobody = people.new()
    tokens = issuer.code_flow(nobody.username, nobody.password)
    assert county.everywhere(tokens.access) == FORBIDDEN


def test_grants_of_several_roles_do_not_mix(county: County, issuer: Issuer, people: People) -> None:
    both = people.new(CLERK, {"role": "assessor", "area": COUNTY})
    tokens = issuer.code_flow(both.username, both.password)
    assert county.everywhere(tokens.access) == OK
    assert county.status(f"/indicators/v1/values?area={COUNTY}&code=POP-RES", tokens.access) == (200, None)
    assert county.status(f"/registry/v1/persons?area={COUNTY}", tokens.access)[0] == 200
    assert county.status(f"/registry/v1/persons?area={OTHER_VILLAGE}", tokens.access) == (404, "not_found")


def test_a_group_gives_its_grants_to_its_members(county: County, issuer: Issuer, people: People, admin: Admin) -> None:
    member = people.new()
    admin.put_in_group(member.id, "木坪村", texts([CLERK]))
    tokens = issuer.code_flow(member.username, member.password)
    assert claims(tokens.access)["xiangli_grants"] == [CLERK]
    assert county.everywhere(tokens.access) == OK


def test_a_group_with_a_value_that_is_no_json_gives_nothing_and_its_members_keep_their_own(
    county: County, issuer: Issuer, people: People, admin: Admin
) -> None:
    """Keycloak makes such a value a null of the claim (up to 26.4 it let no member log in)."""
    member = people.new(CLERK)
    admin.put_in_group(member.id, "坏值", ["village_clerk in 450481"])
    tokens = issuer.code_flow(member.username, member.password)
    assert sorted(claims(tokens.access)["xiangli_grants"], key=repr) == sorted([None, CLERK], key=repr)
    assert county.everywhere(tokens.access) == OK
    assert county.status(f"/registry/v1/persons?area={OTHER_VILLAGE}", tokens.access) == (404, "not_found")
    assert county.logged("registry-api", "grant_ignored")


def test_a_group_with_json_that_is_no_grant_gives_nothing(
    county: County, issuer: Issuer, people: People, admin: Admin
) -> None:
    member = people.new(CLERK)
    admin.put_in_group(member.id, "空值", ['{"role": "emperor", "area": "450481"}', "7"])
    tokens = issuer.code_flow(member.username, member.password)
    assert len(claims(tokens.access)["xiangli_grants"]) == 3
    assert county.everywhere(tokens.access) == OK
    assert county.logged("registry-api", "grant_ignored")


def test_a_department_comes_with_its_grant(issuer: Issuer, people: People) -> None:
    grant = {"role": "department_officer", "area": COUNTY, "department": "civil_affairs"}
    officer = people.new(grant)
    assert claims(issuer.code_flow(officer.username, officer.password).access)["xiangli_grants"] == [grant]


def test_new_grants_count_from_the_next_refresh_on(
    county: County, issuer: Issuer, people: People, admin: Admin
) -> None:
    clerk = people.new(CLERK)
    first = issuer.code_flow(clerk.username, clerk.password)
    admin.set_grants(clerk.id, [{"role": "village_clerk", "area": OTHER_VILLAGE}])
    assert county.everywhere(first.access) == OK, "a token keeps what it says until it ends"
    assert first.refresh is not None
    second = issuer.refresh(first.refresh)
    assert county.status(EVERYWHERE["registry"], second.access) == (404, "not_found")
    assert county.status(f"/registry/v1/persons?area={OTHER_VILLAGE}", second.access) == (200, None)


def test_what_is_no_grant_cannot_be_given_to_a_user(people: People, admin: Admin) -> None:
    clerk = people.new(CLERK)
    for grant in ({"role": "emperor", "area": COUNTY}, {"role": "village_clerk"}, {**CLERK, "more": "x"}):
        with pytest.raises(AdminRefused, match="xiangli_grants"):
            admin.set_grants(clerk.id, [grant])
    assert [json.loads(text) for text in admin.user(clerk.id)["attributes"]["xiangli_grants"]] == [CLERK]


# -- tokens that are not for these services ----------------------------------------------------------------------------
def test_a_token_for_another_audience_is_refused_and_the_log_names_the_setting(
    county: County, issuer: Issuer, admin: Admin
) -> None:
    admin.add_client("somebody-else", defaultClientScopes=["basic"])
    machine = admin.machine("somebody-else")
    token = issuer.client_credentials(machine.client, machine.secret).access
    assert claims(token)["iss"] == admin_issuer(issuer)
    assert county.everywhere(token) == UNAUTHENTICATED
    for service in ("registry", "services_hall", "grid", "indicators"):
        line = [line for line in county.logged(f"{service}-api", "token_refused") if line["reason"] == "audience"][-1]
        assert (line["setting"], line["expected"]) == ("XIANGLI_OIDC_AUDIENCE", "xiangli")


def admin_issuer(issuer: Issuer) -> str:
    found: str = issuer.discovery["issuer"]
    return found


def test_any_client_with_the_scope_is_welcome(county: County, issuer: Issuer, admin: Admin) -> None:
    """Who the token was made for (`azp`) does not matter: the audience does."""
    admin.add_client("water-meters", defaultClientScopes=["basic", "xiangli"])
    machine = admin.machine("water-meters")
    admin.set_grants(machine.subject, [{"role": "integrator", "area": TOWN}])
    token = issuer.client_credentials(machine.client, machine.secret).access
    assert claims(token)["azp"] == "water-meters"
    assert county.status(f"/grid/v1/grids?area={VILLAGE}&limit=1", token) == (200, None)


def test_a_token_of_another_realm_is_refused_and_the_log_names_the_setting(
    county: County, keycloak: KeycloakServer, admin: Admin
) -> None:
    other = admin.create_realm("neighbour")
    elsewhere = Issuer(keycloak.issuer_of("neighbour"))
    try:
        clerk = other.create_user("clerk", [CLERK])
        token = elsewhere.code_flow(clerk.username, clerk.password).access
    finally:
        elsewhere.close()
        other.close()
    assert claims(token)["aud"] == "xiangli"
    assert county.everywhere(token) == UNAUTHENTICATED
    for service in ("registry", "services_hall", "grid", "indicators"):
        line = [line for line in county.logged(f"{service}-api", "token_refused") if line["reason"] == "issuer"][-1]
        assert (line["setting"], line["expected"]) == ("XIANGLI_OIDC_ISSUER", keycloak.issuer)
        assert keycloak.issuer_of("neighbour") in line["found"]


def test_tokens_that_are_no_access_tokens_open_nothing(county: County, issuer: Issuer, people: People) -> None:
    clerk = people.new(CLERK)
    tokens = issuer.code_flow(clerk.username, clerk.password)
    assert county.everywhere(tokens.access) == OK
    assert county.everywhere(tokens.identity) == UNAUTHENTICATED
    assert county.everywhere(tokens.refresh) == UNAUTHENTICATED


def test_an_access_token_names_nobody(issuer: Issuer, people: People) -> None:
    """Only an account's id goes into logs and records; names are in the ID token and at userinfo."""
    clerk = people.new(CLERK)
    tokens = issuer.code_flow(clerk.username, clerk.password)
    assert clerk.username not in json.dumps(claims(tokens.access))
    assert tokens.identity is not None
    assert claims(tokens.identity)["preferred_username"] == clerk.username
