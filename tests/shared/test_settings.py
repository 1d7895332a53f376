"""A process starts on secrets of its own only, and a refused setting never shows its value."""

import base64

import pytest
from pydantic import ValidationError

from shared.settings import ServiceSettings
from shared.testing.settings import VALUES

URL = "postgresql+asyncpg://registry_service:s3cret@127.0.0.1/registry"


def settings(**changes: str) -> ServiceSettings:
    return ServiceSettings(**{**VALUES, "database_url": URL, **changes})


@pytest.mark.parametrize(
    "changes",
    [
        {"cursor_key": "change-me"},
        {"cursor_key": "CHANGEME"},
        {"field_keys": "todo"},
        {"index_keys": "k:placeholder"},
        {"position_keys": "k:change-me"},
        {"database_url": "postgresql+asyncpg://registry:change-me@db.county:5432/registry"},
        {"database_url": "postgresql+asyncpg://registry:xxxx@db.county:5432/registry"},
    ],
)
def test_a_placeholder_is_refused(changes: dict[str, str]) -> None:
    with pytest.raises(ValidationError, match="placeholder"):
        settings(**changes)


def test_a_good_key_may_hold_the_letters_of_a_placeholder() -> None:
    unlucky = base64.b64decode("QzWpFToa0ZDu90flqSKHXXXAgv9R+W7nj1WP+1cGC7Q=")
    ring = "i1:" + base64.b64encode(unlucky).decode()
    assert "XXX" in ring
    assert settings(index_keys=ring).index_keys.get_secret_value() == ring


def test_a_refused_setting_does_not_show_its_value() -> None:
    secret = "i1:" + base64.b64encode(b"short").decode()
    for changes in (
        {"index_keys": secret},
        {"position_keys": secret},
        {"cursor_key": "tiny-secret"},
        {"database_url": "mysql://u:tiny-secret@h/d"},
    ):
        with pytest.raises(ValidationError) as refused:
            settings(**changes)
        assert secret not in str(refused.value)
        assert "tiny-secret" not in str(refused.value)


@pytest.mark.parametrize(
    "address",
    [
        *("", "login.example", "login.example/realms/xiangli", "ftp://login.example", "https://", "https://:443/x"),
        *("https://login.example/realms/x?y=1", "https://login.example/#", "https://login.example/realms/x "),
        *("https://login.example/a b", "https://u:p@login.example", "https://[::1", "https://login.example:port"),
    ],
)
def test_an_issuer_that_is_no_address_is_refused_with_an_example(address: str) -> None:
    with pytest.raises(ValidationError, match=r"such as https://login\.example/realms/xiangli"):
        settings(oidc_issuer=address)


@pytest.mark.parametrize(
    "address",
    [
        *("https://login.example/realms/xiangli", "https://login.example/", "http://127.0.0.1:8013"),
        *("https://login.example", "http://keycloak.identity.svc:8080/realms/xiangli", "https://[2001:db8::1]:8443/r"),
    ],
)
def test_an_issuer_is_kept_to_the_letter(address: str) -> None:
    assert settings(oidc_issuer=address).oidc_issuer == address


@pytest.mark.parametrize(
    "origin", ["*", "app.example", "http://app.example", "https://app.example/", "https://app.example/x", "https://a b"]
)
def test_an_origin_is_scheme_host_and_port_encrypted_unless_on_this_machine(origin: str) -> None:
    with pytest.raises(ValidationError, match="XIANGLI_CORS_ORIGINS"):
        settings(cors_origins=f"https://app.example,{origin}")


def test_origins_are_a_list_and_none_by_default() -> None:
    assert settings().allowed_origins == ()
    both = settings(cors_origins=" https://app.example:8443 ,http://localhost:5173,").allowed_origins
    assert both == ("https://app.example:8443", "http://localhost:5173")


@pytest.mark.parametrize(
    "own", ["tea", "tea:", "Tea:茶叶局", "tea:Tea", "tea:茶，叶局", "tea:茶叶局\u202e", "茶:茶叶局"]
)
def test_departments_of_the_county_are_code_and_chinese_name(own: str) -> None:
    with pytest.raises(ValidationError, match="XIANGLI_DEPARTMENTS"):
        settings(departments=f"water:水务局,{own}")


def test_departments_of_the_county_stand_beside_the_shipped_ones_and_may_rename_one() -> None:
    shipped = settings().department_names
    own = settings(departments=" tea_office:茶产业发展中心 ,water:水务局,").department_names
    assert own == {**shipped, "water": "水务局", "tea_office": "茶产业发展中心"}
    assert shipped["water"] == "水利局"
