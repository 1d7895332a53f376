"""Clients that openapi-generator makes for Java and Kotlin out of the published document do the five flows."""

import json
from pathlib import Path

import pytest

from tests.clients import flows
from tests.clients.generator import GeneratorFailed, compiled, generator, require_digest, run
from tests.e2e.stack import Running

pytestmark = [pytest.mark.client, pytest.mark.embedded, pytest.mark.xdist_group("stack")]


@pytest.mark.parametrize("language", ["java", "kotlin"])
async def test_the_generated_client_does_five_flows(county: Running, tmp_path: Path, language: str) -> None:
    command = compiled(language, tmp_path)
    told = await flows.given(county)
    flows.confirm(run(tmp_path, *command, FLOWS=json.dumps(told)), told)


def test_a_generator_that_is_not_the_pinned_one_is_not_run(tmp_path: Path) -> None:
    other = tmp_path / generator().name
    other.write_bytes(b"another program")
    with pytest.raises(GeneratorFailed, match="not the pinned one"):
        require_digest(other, "0" * 64)


def test_a_client_that_does_not_compile_is_noticed(tmp_path: Path) -> None:
    project = tmp_path / "src/main/java"
    project.mkdir(parents=True)
    (project / "Broken.java").write_text('class Broken { int value = "text"; }', encoding="utf-8")
    pom = Path(__file__).parent / "jvm/java/pom.xml"
    (tmp_path / "pom.xml").write_text(pom.read_text(encoding="utf-8"), encoding="utf-8")
    with pytest.raises(GeneratorFailed, match="incompatible types"):
        run(tmp_path, "mvn", "-q", "-B", "compile")
