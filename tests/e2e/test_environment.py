"""The locks belong to their inputs, and `.venv` to the lock; both without network."""

import shutil
import subprocess
from pathlib import Path
from types import SimpleNamespace

import pytest

from deploy.local import environment, locks

ROOT = Path(__file__).resolve().parents[2]
FILES = sorted({*locks.INPUTS, *(name for inputs in locks.INPUTS.values() for name in inputs)})


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    for name in FILES:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    return tmp_path


def test_the_committed_locks_are_fresh_hashed_and_name_no_index() -> None:
    assert locks.problems() == []


def test_a_changed_input_makes_its_locks_stale(copy: Path) -> None:
    (copy / "requirements.in").write_text((copy / "requirements.in").read_text() + "idna\n")
    assert locks.problems(copy) == [
        "requirements.lock is stale: its inputs changed; run `make lock`.",
        "requirements-dev.lock is stale: its inputs changed; run `make lock`.",
    ]


def test_a_development_input_leaves_the_product_lock_alone(copy: Path) -> None:
    (copy / "requirements-dev.in").write_text((copy / "requirements-dev.in").read_text() + "idna\n")
    assert [problem.split()[0] for problem in locks.problems(copy)] == ["requirements-dev.lock"]


@pytest.mark.parametrize(
    ("added", "problem"),
    [
        ("sneaked==1.0\n", "requirements.lock: sneaked has no hash; run `make lock`."),
        ("--extra-index-url https://example.org\n", "requirements.lock names an index; run `make lock`."),
        ("--find-links /opt/wheels\n", "requirements.lock names an index; run `make lock`."),
    ],
)
def test_what_must_not_stand_in_a_lock_is_found(copy: Path, added: str, problem: str) -> None:
    lock = copy / "requirements.lock"
    lock.write_text(lock.read_text() + added)
    assert locks.problems(copy) == [problem]


def test_the_environment_is_current_while_the_stamp_names_the_lock(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(environment, "VENV", tmp_path)
    monkeypatch.setattr(environment, "STAMP", tmp_path / "stamp")
    assert not environment.is_current()
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/python").touch()
    (tmp_path / "stamp").write_text(environment.lock_digest() + "\n")
    assert environment.is_current()
    (tmp_path / "stamp").write_text("0" * 64)
    assert not environment.is_current()


def test_uv_is_installed_by_the_hashes_that_the_lock_pins() -> None:
    block = environment.pinned("uv")
    assert block.startswith("uv==")
    assert block.count("--hash=sha256:") > 5
    assert "\nuvicorn" not in block


def test_uv_learns_index_and_certificates_from_pip(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "bin").mkdir()
    pip = tmp_path / "bin/python"
    pip.write_text(
        "#!/bin/sh\necho \"global.index-url='https://mirror.test/simple'\"\necho \"global.cert='/etc/own.pem'\"\n"
    )
    pip.chmod(0o755)
    monkeypatch.setattr(environment, "VENV", tmp_path)
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    monkeypatch.delenv("UV_DEFAULT_INDEX", raising=False)
    told = environment.environment_of_uv()
    assert told["UV_DEFAULT_INDEX"] == "https://mirror.test/simple"
    assert told["SSL_CERT_FILE"] == "/etc/own.pem"
    assert "PYTHONDONTWRITEBYTECODE" not in told


def make(*arguments: str, path: str = "/usr/bin:/bin") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["make", "--no-print-directory", *arguments], cwd=ROOT, env={"PATH": path},
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


def test_make_alone_prints_help_with_every_promised_verb() -> None:
    help_ = make().stdout
    for verb in (
        "run",
        "demo",
        "token",
        "test",
        "check",
        "bench",
        "reset",
        "test-large",
        "kafka",
        "test-kafka",
        "lock",
    ):
        assert f"make {verb} " in help_


def test_a_too_old_python_is_one_sentence(tmp_path: Path) -> None:
    for name in ("python3", "python3.11", "python3.12", "python3.13", "python3.14"):
        old = tmp_path / name
        old.write_text('#!/bin/sh\n[ "$1" = --version ] && echo Python 3.9.2 && exit 0\nexit 1\n')
        old.chmod(0o755)
    done = make("env", path=f"{tmp_path}:/usr/bin:/bin")
    assert done.returncode != 0
    first, *rest = done.stderr.splitlines()
    assert first.startswith("xiangli: Python 3.11 or newer is needed; here is Python 3.9.2.")
    assert [line for line in rest if not line.startswith("make: ***")] == []


def test_a_full_disk_is_told_before_anything_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(environment, "VENV", tmp_path / "venv")
    monkeypatch.setattr(environment, "STAMP", tmp_path / "venv/stamp")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(total=10, used=9, free=1))
    assert environment.main() == 1
    assert capsys.readouterr().err.startswith("xiangli: the disk of ")
    assert not (tmp_path / "venv").exists()


def test_what_a_verb_answers_is_not_mixed_with_what_is_said_of_the_environment(tmp_path: Path) -> None:
    """`TOKEN=$(make -s token …)` in a folder whose environment is renewed first."""
    python = tmp_path / "python"
    python.write_text('#!/bin/sh\n[ "$1" = -c ] || echo "environment: ready"\n')
    python.chmod(0o755)
    done = subprocess.run(
        ["make", "-s", "env", f"PYTHON={python}"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert (done.stdout, done.stderr) == ("", "environment: ready\n")
