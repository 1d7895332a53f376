"""Every setting of every service is reachable through a value, and no process is told a name that it does not know."""

import pytest
from pydantic import SecretStr

from deploy.helm.readme import settings as documented
from tests.chart.reached import REACHED
from tests.chart.rendering import Case, Manifest, rendered
from tests.chart.told import SECRETS, fields, processes

pytestmark = pytest.mark.chart


def test_the_page_names_a_value_for_every_setting() -> None:
    assert documented().keys() == fields().keys()


@pytest.mark.parametrize("name", sorted(REACHED))
def test_a_setting_is_reached_through_its_value(name: str) -> None:
    over, wanted = REACHED[name]
    found = {str(one): one.told.get(name) for one in processes(rendered(Case(name, over=over)))}
    assert wanted in found.values(), found


def test_no_process_is_told_a_setting_that_it_does_not_know(documents: list[Manifest]) -> None:
    for process in processes(documents):
        told = {name for name in process.told if name.startswith("XIANGLI_")}
        assert told <= process.known, process


def test_every_process_accepts_what_it_is_told(documents: list[Manifest], monkeypatch: pytest.MonkeyPatch) -> None:
    found = list(processes(documents))
    assert found
    for process in found:
        settings = process.settings(monkeypatch)
        assert settings.kafka_bootstrap == process.told["XIANGLI_KAFKA_BOOTSTRAP"]
        if process.role in ("api", "worker"):
            assert (settings.host, settings.internal_port) == ("0.0.0.0", 9090)


def test_secrets_are_referred_to_and_never_written_down(documents: list[Manifest]) -> None:
    for process in processes(documents):
        for name, field in process.settings_class.model_fields.items():
            told = process.told.get(f"XIANGLI_{name.upper()}")
            if SecretStr in (field.annotation, *getattr(field.annotation, "__args__", ())) and told is not None:
                by_reference = isinstance(told, tuple)
                # with a host of its own the address holds neither name nor password
                assert by_reference or ("URL" in name.upper() and "@" not in told), f"{process} {name}"


def test_name_and_password_of_the_database_come_as_the_client_reads_them(documents: list[Manifest]) -> None:
    for process in processes(documents):
        whole = isinstance(process.told["XIANGLI_DATABASE_URL"], tuple)
        assert {"PGUSER", "PGPASSWORD"}.isdisjoint(process.told) == whole, process
        assert "PGSSLMODE" in process.told, process


def test_all_secrets_that_may_be_read_are_known_here(documents: list[Manifest]) -> None:
    read = {
        name for process in processes(documents) for name, value in process.told.items() if isinstance(value, tuple)
    }
    assert read <= SECRETS.keys()
