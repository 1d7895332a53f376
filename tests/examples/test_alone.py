"""The examples stand alone: whoever takes the folder away has everything, and nothing of this project is in it."""

import ast
import re
import subprocess
import sys
from xml.etree import ElementTree as ET

import pytest

from deploy.local.stack.deployment import ROOT
from tests.examples.conftest import HotlineOf
from tests.examples.hotline import EXAMPLE

POM = "{http://maven.apache.org/POM/4.0.0}"
PROVIDED = {"cloudevents", "confluent_kafka", "joserfc"}


def test_the_python_example_imports_its_own_requirements_and_the_standard_library_only() -> None:
    imported = set()
    for file in (EXAMPLE / "python").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                imported |= {name.name.split(".")[0] for name in node.names}
            elif isinstance(node, ast.ImportFrom):
                assert node.module is not None
                imported.add(node.module.split(".")[0])
    assert imported - sys.stdlib_module_names == PROVIDED | {"hotline"}
    wanted = (EXAMPLE / "python/requirements.txt").read_text().split()
    assert {line.partition("==")[0].replace("-", "_") for line in wanted} == PROVIDED
    assert all(re.fullmatch(r"[a-z-]+==\d+(\.\d+)+", line) for line in wanted), "every version is pinned"


def test_the_java_example_is_built_from_pinned_versions_and_knows_no_other_project() -> None:
    pom = ET.parse(EXAMPLE / "java/pom.xml").getroot()
    for kind in ("dependency", "plugin"):
        found = pom.findall(f".//{POM}{kind}")
        assert found
        for one in found:
            assert re.fullmatch(r"\d+(\.\d+)+", one.findtext(f"{POM}version", "")), one.findtext(f"{POM}artifactId")
    groups = {one.findtext(f"{POM}groupId") for one in pom.findall(f".//{POM}dependency")}
    assert groups == {
        *(
            "org.apache.kafka",
            "io.cloudevents",
            "com.fasterxml.jackson.core",
            "com.nimbusds",
            "org.xerial",
            "org.slf4j",
        ),
    }


def test_nothing_in_the_examples_points_at_code_of_this_project() -> None:
    names = {path.name for path in (ROOT / "services").iterdir() if path.is_dir()} | {"shared", "services", "deploy"}
    for file in EXAMPLE.rglob("*"):
        if file.suffix in {".py", ".java"}:
            for line in file.read_text(encoding="utf-8").splitlines():
                assert not re.match(rf"\s*(from|import)\s+({'|'.join(names)})\b", line), f"{file.name}: {line}"


@pytest.mark.kafka
async def test_the_java_example_is_built_a_second_time_without_a_network(hotline_of: HotlineOf) -> None:
    jar = hotline_of("java").folder / "target/hotline.jar"
    first = jar.read_bytes()
    jar.unlink()
    done = subprocess.run(["mvn", "-q", "-B", "-o", "package"], cwd=EXAMPLE / "java", check=False, capture_output=True)
    assert done.returncode == 0, done.stdout.decode()
    assert jar.read_bytes() == first, "the same bytes"
