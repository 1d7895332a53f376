"""The Dockerfile as a text: no finding of hadolint, a pinned base, one last stage that holds what it should."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from deploy.image.base import suite_of
from deploy.image.dockerfile import DockerfileError, instructions, stages

ROOT = Path(__file__).parents[2]
DOCKERFILE = ROOT / "deploy/Dockerfile"
TEXT = DOCKERFILE.read_text(encoding="utf-8")
BUILDER, LAST = stages(TEXT, {})


def of(name: str) -> list[str]:
    return [one.text for one in LAST.instructions if one.name == name]


def test_hadolint_finds_nothing() -> None:
    hadolint = shutil.which("hadolint", path=str(Path(sys.executable).parent))
    assert hadolint is not None
    command = [hadolint, "--no-color", "--failure-threshold", "style", str(DOCKERFILE)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout + done.stderr) == (0, "")
    assert re.search(r"hadolint\s+ignore", TEXT) is None


def test_hadolint_would_find_something(tmp_path: Path) -> None:
    careless = tmp_path / "Dockerfile"
    careless.write_text("FROM python:latest\nRUN cd /tmp && sudo pip install flask\n", encoding="utf-8")
    hadolint = str(Path(sys.executable).parent / "hadolint")
    done = subprocess.run([hadolint, "--no-color", str(careless)], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert {"DL3007", "DL3004"} <= set(re.findall(r"DL\d{4}", done.stdout))


def test_the_base_is_pinned_to_a_patch_release_and_a_debian_and_may_be_pinned_by_digest() -> None:
    assert BUILDER.base == LAST.base
    assert suite_of(BUILDER.base)
    digest = f"{BUILDER.base}@sha256:{'0' * 64}"
    assert {stage.base for stage in stages(TEXT, {"BASE": digest})} == {digest}
    assert suite_of(digest) == suite_of(BUILDER.base)


def test_packages_come_as_wheels_with_known_hashes_from_the_lock() -> None:
    (install,) = [one.text for one in BUILDER.instructions if one.name == "RUN" and " install " in one.text]
    assert {"--require-hashes", "--only-binary", "--no-cache-dir"} <= set(install.split())
    assert install.endswith("-r requirements.lock")
    assert "apt" not in TEXT


def test_the_last_stage_takes_from_the_builder_only() -> None:
    copies = [one for one in LAST.instructions if one.name == "COPY"]
    assert [(one.flags, one.text) for one in copies] == [
        ({"from": "builder"}, "/opt/venv /opt/venv"),
        ({"from": "builder"}, "/app /app"),
    ]


def test_the_program_is_process_1_of_a_numbered_user_and_ends_with_sigterm() -> None:
    assert of("ENTRYPOINT") == ['["python", "-m", "services"]']
    assert of("USER") == ["10001:10001"]  # by number: Kubernetes cannot see that a name is not root
    assert of("STOPSIGNAL") == ["SIGTERM"]
    assert of("EXPOSE") == ["8080 9090"]


def test_health_is_asked_with_a_deadline_longer_than_its_own() -> None:
    (health,) = [one for one in LAST.instructions if one.name == "HEALTHCHECK"]
    assert health.text == 'CMD ["python", "-m", "services", "health"]'
    assert health.flags == {"interval": "15s", "timeout": "5s", "start-period": "60s", "retries": "3"}


def test_labels_say_what_it_is_and_no_setting_is_a_secret() -> None:
    (labels,) = of("LABEL")
    names = set(re.findall(r"org\.opencontainers\.image\.(\w+)=", labels))
    assert names == {"title", "description", "licenses", "version", "revision", "source"}
    (environment,) = of("ENV")
    assert set(re.findall(r"XIANGLI_\w+", environment)) == {"XIANGLI_HOST", "XIANGLI_PORT", "XIANGLI_INTERNAL_PORT"}


@pytest.mark.parametrize("name", ["registry", "services_hall", "services-hall", "services.grid", "indicators"])
def test_one_command_serves_all_services(name: str) -> None:
    command = [sys.executable, "-m", "services", name, "--help"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    service = name.removeprefix("services.").replace("-", "_")
    assert f"usage: python -m services.{service} " in done.stdout


def test_an_unknown_service_is_wrong_usage() -> None:
    command = [sys.executable, "-m", "services", "hall", "api"]
    wrong = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert wrong.returncode == 2
    assert "'hall' is none of grid, indicators, registry, services_hall" in wrong.stderr


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("FROM a\nADD x /y\n", "line 2: ADD is not known here"),
        ("RUN x\n", "line 1: RUN before the first FROM"),
        ("FROM ${BASE}\n", "line 1: BASE has no value"),
        ("# nothing\n", "there is no FROM"),
        ("FROM a\nRUN x \\\n", "line 2: the file ends in the middle of an instruction"),
    ],
)
def test_the_reader_refuses_what_it_does_not_know(text: str, said: str) -> None:
    with pytest.raises(DockerfileError, match=re.escape(said)):
        stages(text, {})


def test_continued_lines_and_comments_between_them_are_one_instruction() -> None:
    text = "ARG V=1\nFROM a:$V AS b\n# c\nRUN --mount=x one \\\n# d\n  && two\n"
    assert [(one.line, one.name, dict(one.flags), one.text) for one in instructions(text)][2:] == [
        (4, "RUN", {"mount": "x"}, "one && two")
    ]
    assert stages(text, {"V": "2"})[0].base == "a:2"
