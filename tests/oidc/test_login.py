"""The ways to a token that the realm keeps closed, and who may change grants."""

import httpx
import pytest

from deploy.keycloak.admin import Admin, AdminRefused
from deploy.keycloak.login import APP, DASHBOARD, Issuer, LoginRefused, challenge_of
from deploy.keycloak.server import KeycloakServer
from tests.oidc.conftest import People
from tests.oidc.county import CLERK, COUNTY, VILLAGE, claims

pytestmark = [pytest.mark.oidc, pytest.mark.xdist_group("oidc")]


@pytest.mark.parametrize("client", [APP, DASHBOARD], ids=["app", "dashboard"])
def test_without_a_challenge_nobody_sees_a_login_form(issuer: Issuer, client: tuple[str, str]) -> None:
    page = issuer.authorise(client, challenge=None)
    assert page.status_code == httpx.codes.FOUND
    assert "error=invalid_request" in page.headers["location"]


def test_a_code_is_worth_nothing_without_its_verifier(issuer: Issuer, people: People) -> None:
    clerk = people.new(CLERK)
    code = issuer.code_for(clerk.username, clerk.password, challenge=challenge_of("v" * 64))
    with pytest.raises(LoginRefused, match="invalid_grant"):
        issuer.redeem(APP, code, "w" * 64)


def test_a_code_is_sent_to_no_other_address(issuer: Issuer) -> None:
    page = issuer.authorise((APP[0], "https://attacker.example/login"), challenge=challenge_of("v" * 64))
    assert page.status_code == httpx.codes.BAD_REQUEST
    assert "kc-form-login" not in page.text


def test_no_client_of_the_realm_takes_a_password_in_exchange_for_a_token(
    issuer: Issuer, people: People, admin: Admin
) -> None:
    clerk = people.new(CLERK)
    public = [client["clientId"] for client in admin.clients() if client["publicClient"]]
    assert {"xiangli-app", "xiangli-dashboard", "admin-cli"} <= set(public)
    for client in public:
        with pytest.raises(LoginRefused, match="unauthorized_client"):
            issuer.password_grant(client, clerk.username, clerk.password)


def test_the_machine_does_not_open_a_login_form(issuer: Issuer) -> None:
    page = issuer.authorise(("xiangli-machine", APP[1]), challenge=challenge_of("v" * 64))
    assert "kc-form-login" not in page.text


def test_a_refresh_token_works_once(issuer: Issuer, people: People) -> None:
    clerk = people.new(CLERK)
    first = issuer.code_flow(clerk.username, clerk.password)
    assert first.refresh is not None
    second = issuer.refresh(first.refresh)
    with pytest.raises(LoginRefused, match="invalid_grant"):
        issuer.refresh(first.refresh)
    assert second.refresh is not None
    with pytest.raises(LoginRefused, match="invalid_grant"):
        issuer.refresh(second.refresh)  # a stolen copy was shown: the whole session ends


def test_the_app_may_keep_its_login_the_dashboard_may_not(issuer: Issuer, people: People) -> None:
    clerk = people.new(CLERK)
    kept = issuer.code_flow(clerk.username, clerk.password, scope="openid offline_access")
    assert "offline_access" in kept.scope.split()
    assert kept.refresh is not None
    assert claims(kept.refresh)["typ"] == "Offline"
    with pytest.raises(LoginRefused):
        issuer.code_flow(clerk.username, clerk.password, client=DASHBOARD, scope="openid offline_access")


def test_guessing_a_password_locks_the_account_for_a_while(issuer: Issuer, people: People) -> None:
    clerk = people.new(CLERK)
    for _ in range(5):
        with pytest.raises(LoginRefused, match="not_logged_in"):
            issuer.code_flow(clerk.username, "not the password")
    with pytest.raises(LoginRefused, match="not_logged_in"):
        issuer.code_flow(clerk.username, clerk.password)


def test_a_short_password_is_refused(people: People, admin: Admin) -> None:
    clerk = people.new(CLERK)
    with pytest.raises(AdminRefused, match="invalidPassword"):
        admin.ask(
            "PUT", f"/users/{clerk.id}/reset-password", {"type": "password", "value": "short", "temporary": False}
        )


def test_the_login_page_speaks_chinese_and_english(issuer: Issuer) -> None:
    page = issuer.authorise(APP, challenge=challenge_of("v" * 64)).text
    assert '<html class="login-pf" lang="zh-CN"' in page
    assert "登录" in page
    assert "kc_locale=en" in page


# -- who changes grants ------------------------------------------------------------------------------------------------
def console(keycloak: KeycloakServer, name: str) -> tuple[str, str]:
    """One of Keycloak's own consoles, as a client."""
    where = {"security-admin-console": "/admin/xiangli/console/", "account-console": "/realms/xiangli/account/"}
    return name, keycloak.url + where[name]


def as_manager(keycloak: KeycloakServer, issuer: Issuer, people: People, admin: Admin, role: str) -> httpx.Client:
    """The admin API with the rights of somebody of the realm."""
    manager = people.new()
    admin.give_role(manager.id, role)
    token = issuer.code_flow(
        manager.username, manager.password, client=console(keycloak, "security-admin-console")
    ).access
    return httpx.Client(
        base_url=f"{keycloak.url}/admin/realms/xiangli", headers={"authorization": f"Bearer {token}"}, trust_env=False
    )


def test_nobody_gives_themselves_a_grant(
    keycloak: KeycloakServer, issuer: Issuer, people: People, admin: Admin
) -> None:
    clerk = people.new(CLERK)
    client = console(keycloak, "account-console")
    token = issuer.code_flow(clerk.username, clerk.password, client=client).access
    headers = {"authorization": f"Bearer {token}", "accept": "application/json"}
    with httpx.Client(base_url=keycloak.issuer, headers=headers, trust_env=False) as own:
        account = own.get("/account/").raise_for_status().json()
        more = '{"role":"county_registrar","area":"450481"}'
        account["attributes"] = account.get("attributes", {}) | {"xiangli_grants": [more]}
        own.post("/account/", json=account)
    assert "county_registrar" not in str(admin.user(clerk.id)["attributes"])


def test_the_access_manager_changes_grants_and_nothing_else(
    keycloak: KeycloakServer, issuer: Issuer, people: People, admin: Admin
) -> None:
    clerk = people.new()
    with as_manager(keycloak, issuer, people, admin, "xiangli-access-manager") as manager:
        user = manager.get(f"/users/{clerk.id}").raise_for_status().json()
        user["attributes"] = {"xiangli_grants": [f'{{"role":"village_clerk","area":"{VILLAGE}"}}']}
        assert manager.put(f"/users/{clerk.id}", json=user).status_code == httpx.codes.NO_CONTENT
        assert admin.user(clerk.id)["attributes"] == user["attributes"]
        assert manager.get("/components").status_code == httpx.codes.FORBIDDEN
        assert manager.put("", json={"sslRequired": "none"}).status_code == httpx.codes.FORBIDDEN
        secret = f"/clients/{admin.machine('xiangli-machine').id}/client-secret"
        assert manager.get(secret).status_code == httpx.codes.FORBIDDEN
        management = next(one["id"] for one in admin.clients() if one["clientId"] == "realm-management")
        everything = admin.ask("GET", f"/clients/{management}/roles/realm-admin").json()
        raised = manager.post(f"/users/{clerk.id}/role-mappings/clients/{management}", json=[everything])
        assert raised.status_code == httpx.codes.FORBIDDEN


def test_the_access_auditor_sees_who_gave_a_grant_and_changes_nothing(
    keycloak: KeycloakServer, issuer: Issuer, people: People, admin: Admin
) -> None:
    clerk = people.new(CLERK)
    admin.set_grants(clerk.id, [{"role": "assessor", "area": COUNTY}])
    with as_manager(keycloak, issuer, people, admin, "xiangli-access-auditor") as auditor:
        events = auditor.get("/admin-events", params={"resourcePath": f"users/{clerk.id}"}).raise_for_status().json()
        change = next(event for event in events if event["operationType"] == "UPDATE")
        assert "assessor" in change["representation"]
        assert change["authDetails"]["userId"]
        user = auditor.get(f"/users/{clerk.id}").raise_for_status().json()
        assert auditor.put(f"/users/{clerk.id}", json=user).status_code == httpx.codes.FORBIDDEN
