"""The releases of Apache Kafka that we run, and their jars from Maven Central. Needs Java 17 and Maven."""

import fcntl
import os
import shutil
import subprocess
from pathlib import Path

HERE = Path(__file__).parent
POM = HERE / "pom.xml"
VERSIONS = ("4.4.0", "4.3.1")
"""Releases that are tested; the first one runs where nobody asks for another."""
SETTING = "KAFKA_VERSION"


class KafkaError(Exception):
    """What is missing or went wrong, in one sentence."""


def chosen() -> str:
    """The release that the environment asks for. Raises KafkaError for one that is not tested."""
    asked = os.environ.get(SETTING) or VERSIONS[0]
    if asked not in VERSIONS:
        raise KafkaError(f"{SETTING}={asked} is none of the releases that are tested: {', '.join(VERSIONS)}")
    return asked


def fetch_jars(version: str | None = None) -> Path:
    """The folder with the jars of a release, collected once (44 MB). Raises KafkaError."""
    version = version or chosen()
    folder = HERE / "libs" / version
    folder.parent.mkdir(exist_ok=True)
    with (folder.parent / f".{version}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # two processes that want the same jars: the second finds them
        if not (folder / ".complete").exists():
            _collect(version, folder)
            (folder / ".complete").touch()
    return folder


def _collect(version: str, folder: Path) -> None:
    for program, package in (("java", "openjdk-17-jre-headless"), ("mvn", "maven")):
        if shutil.which(program) is None:
            raise KafkaError(f"{program} is missing: install the Debian package {package}")
    shutil.rmtree(folder, ignore_errors=True)
    done = subprocess.run(
        [
            *("mvn", "-q", "-B", "-f", str(POM), "dependency:copy-dependencies", f"-Dkafka.version={version}"),
            *("-DincludeScope=runtime", f"-DoutputDirectory={folder}"),
        ],
        check=False,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise KafkaError(f"Maven could not collect the jars of Kafka: {(done.stdout + done.stderr).strip()[-500:]}")
