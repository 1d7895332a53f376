"""The realm file says what the services expect, keeps the weak ways closed and holds no secret. Needs no Keycloak."""

import json
import re
from typing import Any

import pytest

from deploy.keycloak.distribution import ROOT, VERSION
from deploy.keycloak.login import APP, DASHBOARD
from deploy.keycloak.server import REALM, REALM_FILE
from shared.auth.roles import Role
from shared.auth.tokens import GRANTS, grants_of
from shared.settings import ServiceSettings

TEXT = REALM_FILE.read_text("utf-8")
FILE: dict[str, Any] = json.loads(TEXT)
CLIENTS: dict[str, dict[str, Any]] = {client["clientId"]: client for client in FILE["clients"]}
SCOPES: dict[str, dict[str, Any]] = {scope["name"]: scope for scope in FILE["clientScopes"]}
OURS = ("xiangli-app", "xiangli-dashboard", "xiangli-machine")


def mapper(name: str) -> dict[str, str]:
    [found] = [one for one in SCOPES["xiangli"]["protocolMappers"] if one["name"] == name]
    config: dict[str, str] = found["config"]
    return config


def attribute(name: str) -> dict[str, Any]:
    [provider] = FILE["components"]["org.keycloak.userprofile.UserProfileProvider"]
    profile = json.loads(provider["config"]["kc.user.profile.config"][0])
    assert "unmanagedAttributePolicy" not in profile, "attributes that nobody declared would be anybody's"
    [found] = [one for one in profile["attributes"] if one["name"] == name]
    return dict(found)


def test_audience_and_grants_are_those_that_the_services_read() -> None:
    assert FILE["realm"] == REALM
    assert mapper("audience")["included.custom.audience"] == ServiceSettings.model_fields["oidc_audience"].default
    assert mapper("grants")["claim.name"] == mapper("grants")["user.attribute"] == GRANTS
    assert (mapper("grants")["jsonType.label"], mapper("grants")["multivalued"]) == ("JSON", "true")
    for client in OURS:
        assert {"basic", "xiangli"} <= set(CLIENTS[client]["defaultClientScopes"]), client
    assert "xiangli" not in FILE["defaultDefaultClientScopes"], (
        "a new client gets the audience by being given the scope"
    )


def test_the_attribute_takes_each_role_and_no_other() -> None:
    pattern = attribute(GRANTS)["validations"]["pattern"]["pattern"]
    listed = re.search(r'"role": \?"\(([^)]*)\)"', pattern)
    assert listed is not None
    assert listed[1].split("|") == list(Role)


GOOD = [
    {"role": "village_clerk", "area": "450481114201"},
    {"role": "grid_worker", "area": "450481114201001"},
    {"role": "operator", "area": "45"},
    {"role": "department_officer", "area": "450481", "department": "civil_affairs-1.2"},
]
BAD = [
    {"role": "emperor", "area": "450481"},
    {"role": "operator"},
    {"area": "450481"},
    {"role": "operator", "area": "4504811"},
    {"role": "operator", "area": ""},
    {"role": "operator", "area": 450481},
    {"role": "operator", "area": "45048１"},
    {"role": "operator", "area": "450481", "department": "a b"},
    {"role": "operator", "area": "450481", "department": ""},
    ["operator", "450481"],
    "operator",
]


@pytest.mark.parametrize("grant", [*GOOD, *BAD], ids=str)
def test_the_attribute_takes_what_the_services_take(grant: object) -> None:
    pattern = attribute(GRANTS)["validations"]["pattern"]["pattern"]
    taken = bool(grants_of([grant]))
    assert taken == (grant in GOOD)
    for text in (json.dumps(grant), json.dumps(grant, separators=(",", ":"))):
        assert (re.fullmatch(pattern, text) is not None) == taken


def test_only_an_administrator_writes_grants() -> None:
    assert attribute(GRANTS)["permissions"]["edit"] == ["admin"]


def test_the_file_holds_no_secret_and_no_user() -> None:
    assert "users" not in FILE
    assert not re.search(r'"(secret|password|credentials|privateKey|certificate|registrationAccessToken)"', TEXT)
    assert "org.keycloak.keys.KeyProvider" not in FILE["components"], "every realm makes keys of its own"
    assert not re.search(r"\$\{(?!(auth|client_|role_|offline|username|email|firstName|lastName)[^}]*\})", TEXT)


def test_weak_ways_to_a_token_are_closed() -> None:
    for name, client in CLIENTS.items():
        assert not client["directAccessGrantsEnabled"], name
        assert not client["implicitFlowEnabled"], name
        assert client["serviceAccountsEnabled"] == (name == "xiangli-machine"), name
        if client["standardFlowEnabled"]:
            assert client["attributes"]["pkce.code.challenge.method"] == "S256", name
            assert not any("*" in uri for uri in client["redirectUris"]) or uri_of_keycloak(client), name
    assert not CLIENTS["xiangli-machine"]["publicClient"]
    assert not CLIENTS["xiangli-machine"]["standardFlowEnabled"]
    assert not any(CLIENTS[name]["fullScopeAllowed"] for name in OURS)
    assert not FILE["registrationAllowed"]
    assert FILE["sslRequired"] == "external"


def uri_of_keycloak(client: dict[str, Any]) -> bool:
    """Keycloak's own consoles."""
    return all(
        uri.startswith(("/realms/xiangli/account/", "/admin/xiangli/console/")) for uri in client["redirectUris"]
    )


def test_the_addresses_of_app_and_dashboard_are_those_that_the_flows_use() -> None:
    for client, address in (APP, DASHBOARD):
        assert CLIENTS[client]["redirectUris"] == [address]


def test_the_compose_file_runs_the_keycloak_that_is_tested_with_this_realm() -> None:
    compose = (ROOT / "deploy" / "compose.yaml").read_text("utf-8")
    assert re.findall(r"image: \S*keycloak:(\S+)", compose) == [VERSION]
    assert "./keycloak/xiangli-realm.json:/opt/keycloak/data/import/" in compose


def test_tokens_are_short_guessing_is_slow_and_changes_are_on_record() -> None:
    assert FILE["accessTokenLifespan"] <= 600
    assert FILE["revokeRefreshToken"]
    assert FILE["refreshTokenMaxReuse"] == 0
    assert FILE["bruteForceProtected"]
    assert FILE["failureFactor"] <= 10
    assert FILE["eventsEnabled"]
    assert FILE["adminEventsEnabled"]
    assert FILE["adminEventsDetailsEnabled"]
    half_a_year = 184 * 86_400
    assert FILE["eventsExpiration"] >= half_a_year
    assert int(FILE["attributes"]["adminEventsExpiration"]) >= half_a_year


def test_names_never_ride_in_an_access_token() -> None:
    for one in SCOPES["profile"]["protocolMappers"]:
        assert one["config"]["access.token.claim"] == "false", one["name"]
