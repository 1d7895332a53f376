"""deploy/compose.yaml: of the right form, complete, closed to the outside, and told only what the settings know."""

import copy
import importlib
import json
import re
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator, Draft202012Validator
from jsonschema.validators import validator_for

from deploy.compose.__main__ import environment
from deploy.kafka.jars import VERSIONS
from deploy.keycloak.distribution import VERSION as KEYCLOAK
from deploy.local.stack.ports import SERVICES
from shared.ledgers.forms.openrosa.multipart_body import MAX_SUBMISSION
from shared.settings import ServiceSettings
from tests.image import composition

SECRETS = environment()
PROJECT = composition.resolved(SECRETS)
ALL: dict[str, dict[str, Any]] = PROJECT["services"]
OURS = {name: one for name, one in ALL.items() if one["image"].startswith("xiangli:")}
LONG = {name: one for name, one in ALL.items() if not name.endswith("-migrate")}
SCHEMA = json.loads((Path(__file__).parent / "schema/compose-spec.json").read_text(encoding="utf-8"))


def service_of(name: str) -> str:
    """`services-hall-api` → `services_hall`."""
    return name.rpartition("-")[0].replace("-", "_")


def faults(document: dict[str, Any]) -> list[str]:
    validator = validator_for(SCHEMA)
    assert validator in (Draft7Validator, Draft202012Validator)
    return [error.message for error in validator(SCHEMA).iter_errors(document)]


def test_it_conforms_to_the_compose_specification() -> None:
    assert faults(composition.raw()) == []
    assert faults(PROJECT) == []


@pytest.mark.parametrize(("key", "value"), [("comand", ["grid", "api"]), ("mem_limit", []), ("healthcheck", "yes")])
def test_a_misspelt_key_or_a_wrong_type_would_be_noticed(key: str, value: object) -> None:
    broken = copy.deepcopy(composition.raw())
    broken["services"]["grid-api"][key] = value
    assert faults(broken)


def test_every_service_has_a_migration_an_api_and_a_worker_and_beside_them_is_what_they_need() -> None:
    ours = {f"{one.replace('_', '-')}-{role}" for one in SERVICES for role in ("api", "worker", "migrate")}
    assert set(OURS) == ours
    assert set(ALL) - ours == {"postgres", "kafka", "keycloak", "proxy"}
    for name, one in OURS.items():
        service, _, role = name.rpartition("-")
        assert one["command"] == [service, role]
        assert "entrypoint" not in one


def test_nothing_starts_before_its_schema_and_no_schema_before_database_and_bus() -> None:
    for name, one in OURS.items():
        if name.endswith("-migrate"):
            assert one["depends_on"] == {part: {"condition": "service_healthy"} for part in ("postgres", "kafka")}
            assert one["restart"] == "no"
        else:
            migrate = service_of(name).replace("_", "-") + "-migrate"
            assert one["depends_on"] == {migrate: {"condition": "service_completed_successfully"}}
    apis = {name for name in OURS if name.endswith("-api")}
    assert ALL["proxy"]["depends_on"] == {name: {"condition": "service_healthy"} for name in apis}


@pytest.mark.parametrize("name", OURS)
def test_every_setting_is_a_field_of_its_service_and_together_they_are_taken(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings_class: type[ServiceSettings] = importlib.import_module(f"services.{service_of(name)}.settings").Settings
    given: dict[str, str] = OURS[name]["environment"]
    known = {f"XIANGLI_{field.upper()}" for field in settings_class.model_fields}
    assert set(given) <= known
    for variable, value in given.items():
        assert isinstance(value, str), f"{variable} is not text: quote it"
        monkeypatch.setenv(variable, value)
    settings = settings_class()
    assert settings.kafka_bootstrap == "kafka:9092"
    assert settings.database_url.get_secret_value().endswith(f"@postgres:5432/{service_of(name)}")


def test_only_registry_signs_only_grid_opens_the_county_s_letters_and_only_migrations_own_a_schema() -> None:
    def holders(variable: str) -> set[str]:
        return {
            name for name, one in ALL.items() if variable in one["environment" if "environment" in one else "image"]
        }

    of = {
        service: {f"{service}-{role}" for role in ("api", "worker", "migrate")}
        for service in ("registry", "services-hall", "grid")
    }
    assert holders("XIANGLI_EXTRACT_PRIVATE_KEY") == of["registry"]
    assert holders("XIANGLI_EXTRACT_PUBLIC_KEYS") == of["services-hall"]
    assert holders("XIANGLI_EXTRACT_ENCRYPTION_KEYS") == of["registry"] | of["services-hall"]
    assert holders("XIANGLI_INBOUND_PRIVATE_KEYS") == of["grid"] | of["registry"]
    assert holders("XIANGLI_MIGRATOR_DATABASE_URL") == {name for name in OURS if name.endswith("-migrate")}


@pytest.mark.parametrize("name", ALL)
def test_no_container_may_gain_rights_or_write_into_its_image_without_a_reason(name: str) -> None:
    one = ALL[name]
    assert one["cap_drop"] == ["ALL"]
    assert "cap_add" not in one
    assert "privileged" not in one
    assert one["security_opt"] == ["no-new-privileges:true"]
    assert one["pids_limit"] > 0
    assert one["logging"]["options"]["max-size"]
    if not one["read_only"]:
        assert re.search(rf"  {name}:(?:.|\n(?!\n))*read_only: false # \w+", composition.TEXT), "say why"
    else:
        assert any(path.startswith("/tmp") for path in one["tmpfs"])
    if name in OURS:
        assert one["read_only"] is True


@pytest.mark.parametrize("name", LONG)
def test_what_runs_for_long_is_asked_for_its_health_and_comes_back(name: str) -> None:
    one = ALL[name]
    assert one["restart"] == "unless-stopped"
    assert one["healthcheck"]["test"][0] == "CMD"
    if name in OURS:
        assert one["healthcheck"]["test"][1:] == ["python", "-m", "services", "health"]
        grace = float(one["environment"]["XIANGLI_SHUTDOWN_GRACE"])
        assert float(one["stop_grace_period"].removesuffix("s")) >= grace * 1.1 + 10


def test_images_are_pinned_to_a_release() -> None:
    for name, one in ALL.items():
        assert re.fullmatch(r"[\w/.-]+:\d+\.\d+(\.\d+)?(-[\w.]+)?(@sha256:[0-9a-f]{64})?", one["image"]), name
        assert ("build" in one) == (name in OURS), name


def test_kafka_and_keycloak_are_of_the_versions_that_our_other_suites_run() -> None:
    assert ALL["kafka"]["image"] == f"apache/kafka:{VERSIONS[0]}"
    assert ALL["keycloak"]["image"] == f"keycloak/keycloak:{KEYCLOAK}"
    assert ALL["postgres"]["image"].startswith("postgres:18.")


def test_every_file_it_names_is_there() -> None:
    folder = composition.FILE.parent
    for one in ALL.values():
        for volume in one.get("volumes", []):
            source, _, more = volume.partition(":")
            if source.startswith("."):
                assert (folder / source).is_file(), source
                assert more.endswith(":ro"), source
            else:
                assert source in PROJECT["volumes"], source
        if "build" in one:
            context = folder / one["build"]["context"]
            assert (context / one["build"]["dockerfile"]).is_file()


def test_only_the_proxy_and_the_login_can_be_reached_and_from_this_machine_only() -> None:
    published = {name: one["ports"] for name, one in ALL.items() if "ports" in one}
    assert set(published) == {"proxy", "keycloak"}
    assert all(port.startswith("127.0.0.1:") for ports in published.values() for port in ports)
    assert PROJECT["networks"]["back"]["internal"] is True
    in_front = {name for name, one in ALL.items() if "front" in one["networks"]}
    assert in_front == {"proxy", "keycloak"} | {name for name in OURS if name.endswith("-api")}
    assert all("network_mode" not in one for one in ALL.values())


def test_browsers_and_containers_know_the_login_by_the_same_name() -> None:
    keycloak = ALL["keycloak"]
    address = keycloak["environment"]["KC_HOSTNAME"]
    host, port = address.removeprefix("http://").split(":")
    assert keycloak["networks"]["front"]["aliases"] == [host]
    assert keycloak["environment"]["KC_HTTP_PORT"] == port
    assert keycloak["ports"] == [f"127.0.0.1:{port}:{port}"]
    realm = json.loads((composition.ROOT / "deploy/keycloak/xiangli-realm.json").read_text(encoding="utf-8"))
    issuers = {one["environment"]["XIANGLI_OIDC_ISSUER"] for one in OURS.values()}
    assert issuers == {f"{address}/realms/{realm['realm']}"}


def test_topics_come_from_the_migrations_only() -> None:
    kafka = ALL["kafka"]["environment"]
    assert kafka["KAFKA_AUTO_CREATE_TOPICS_ENABLE"] == "false"
    assert kafka["KAFKA_ADVERTISED_LISTENERS"] == "PLAINTEXT://kafka:9092"
    assert "kafka:/var/lib/kafka/data" in ALL["kafka"]["volumes"]
    assert kafka["KAFKA_LOG_DIRS"] == "/var/lib/kafka/data"


def test_the_proxy_leads_to_every_api_and_to_no_internal_port() -> None:
    text = (composition.ROOT / "deploy/compose/nginx.conf").read_text(encoding="utf-8")
    for paths in re.findall(r"location ~ \^/\(([^)]*)\)/", text):
        assert {f"{path}-api" for path in paths.split("|")} == {name for name in OURS if name.endswith("-api")}
    assert set(re.findall(r"http://\$1-api:(\d+)", text)) == {"8080"}
    assert "9090" not in text
    assert "X-Forwarded-For $remote_addr" in text  # what a client claims is thrown away
    subnet = PROJECT["networks"]["front"]["ipam"]["config"][0]["subnet"]
    assert {one["environment"]["XIANGLI_TRUSTED_PROXIES"] for one in OURS.values()} == {subnet}


def test_the_proxy_lets_through_what_phones_may_send() -> None:
    text = (composition.ROOT / "deploy/compose/nginx.conf").read_text(encoding="utf-8")
    (limit,) = re.findall(r"v1/openrosa/submission\$ \{\s+client_max_body_size (\d+)m;", text)
    assert int(limit) * 1024 * 1024 > MAX_SUBMISSION
