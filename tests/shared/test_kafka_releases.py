"""Which Apache Kafka runs: one of the tested releases, the newest unless another one is asked for."""

import subprocess
import sys
from pathlib import Path

import pytest

from deploy.kafka.jars import SETTING, VERSIONS, KafkaError, chosen, fetch_jars
from deploy.kafka.node import SecureKafka
from deploy.kafka.server import KafkaServer, Ports

ROOT = Path(__file__).parents[2]
PORTS = Ports(client=1, controller=2)


def test_the_newest_release_runs_unless_another_one_is_asked_for(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv(SETTING, raising=False)
    assert chosen() == VERSIONS[0] == max(VERSIONS, key=lambda one: [int(part) for part in one.split(".")])
    monkeypatch.setenv(SETTING, "")  # as make exports it
    assert KafkaServer(tmp_path, PORTS).version == VERSIONS[0]
    monkeypatch.setenv(SETTING, VERSIONS[1])
    assert KafkaServer(tmp_path, PORTS).version == VERSIONS[1]
    assert SecureKafka(tmp_path, PORTS, certificates=3).server.version == VERSIONS[1]
    assert KafkaServer(tmp_path, PORTS, version=VERSIONS[0]).version == VERSIONS[0]


def test_a_release_that_nobody_tested_is_refused_in_one_sentence() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "deploy.kafka", "fetch"],
        cwd=ROOT,
        env={SETTING: "3.9.0", "PATH": "/nowhere"},
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert done.stderr == f"kafka: KAFKA_VERSION=3.9.0 is none of the releases that are tested: {', '.join(VERSIONS)}\n"


def test_the_compose_file_runs_a_tested_release() -> None:
    images = [line.partition("apache/kafka:")[2] for line in (ROOT / "deploy/compose.yaml").read_text().splitlines()]
    assert [image for image in images if image] == [VERSIONS[0]]


@pytest.mark.kafka
@pytest.mark.parametrize("version", VERSIONS)
def test_the_jars_are_of_the_release_that_was_asked_for(version: str) -> None:
    folder = fetch_jars(version)
    assert {path.name for path in folder.glob("kafka_2.13-*.jar")} == {f"kafka_2.13-{version}.jar"}
    assert {path.name for path in folder.glob("kafka-clients-*.jar")} == {f"kafka-clients-{version}.jar"}


def test_jars_cannot_be_had_without_java(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.setattr("deploy.kafka.jars.HERE", tmp_path)
    with pytest.raises(KafkaError, match="java is missing: install the Debian package openjdk-17-jre-headless"):
        fetch_jars(VERSIONS[1])
