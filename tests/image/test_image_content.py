"""What is in the image: the product, compiled, and nothing to build or to install with."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.image.build import Build, Image
from deploy.image.container import run
from deploy.image.context import files
from tests.image.conftest import ROOT

pytestmark = [pytest.mark.image, pytest.mark.xdist_group("image")]

UNCHECKED_HASH = b"\x01\x00\x00\x00"
"""The flags of a compiled module that is taken as it is, whatever its source's date: PEP 552."""


def sources(image: Image) -> Iterator[Path]:
    standard = next(iter(image.root.glob("usr/lib/python3.*/os.py"))).parent
    for folder in (image.root / "opt/venv/lib", image.root / "app", standard):
        for path in folder.rglob("*.py"):
            if not path.is_symlink():
                yield path


def test_every_module_is_compiled_so_that_a_start_has_nothing_to_write(image: Image) -> None:
    found = list(sources(image))
    assert len(found) > 2000
    for path in found:
        (compiled,) = (path.parent / "__pycache__").glob(f"{path.stem}.cpython-313.pyc")
        assert compiled.read_bytes()[4:8] == UNCHECKED_HASH, path


def test_the_application_is_the_build_context_and_nothing_else(image: Image) -> None:
    inside = {path.relative_to(image.root / "app").as_posix() for path in (image.root / "app").rglob("*")}
    plain = {path for path in inside if (image.root / "app" / path).is_file() and "__pycache__" not in path}
    assert plain == set(files(ROOT)) - {"requirements.lock"}


def test_everybody_may_read_the_application_and_nobody_but_root_may_change_it(image: Image) -> None:
    for folder in ("app", "opt/venv"):
        for path in (image.root / folder).rglob("*"):
            if path.is_symlink():
                continue
            found = path.lstat()
            assert (found.st_uid, found.st_gid) == (0, 0), path
            assert found.st_mode & stat.S_IROTH, path
            assert not found.st_mode & (stat.S_IWGRP | stat.S_IWOTH), path


def test_nothing_to_build_or_to_install_with_is_left(build: Build, image: Image) -> None:
    folders = ("usr/bin", "usr/sbin", "usr/local/bin", "opt/venv/bin")
    programs = {path.name for folder in folders for path in (image.root / folder).iterdir()}
    forbidden = ("pip", "gcc", "g++", "cc", "c++", "ld", "as", "make", "git", "curl", "wget", "uv", "pytest", "mypy")
    assert not {name for name in programs if name in forbidden or name.startswith("pip")}
    for module in ("pip", "ensurepip", "setuptools", "pytest", "confluent_kafka", "shared.testing", "deploy", "tests"):
        code, said = run(image, ["-c", f"import {module}"], entrypoint=["python"])
        assert code == 1, module
        assert "ModuleNotFoundError" in said, module
    code, said = run(image, ["-m", "pip", "--version"], entrypoint=["/usr/local/bin/python3"])
    assert (code, "No module named pip" in said) == (1, True)
    assert any((build.image("builder").root / "usr/bin").glob("pip*"))  # what was removed was there


def test_no_file_runs_as_somebody_else_in_what_we_added(image: Image) -> None:
    for folder in ("app", "opt"):
        for here, _, names in os.walk(image.root / folder):
            for name in names:
                mode = (Path(here) / name).lstat().st_mode
                assert not mode & (stat.S_ISUID | stat.S_ISGID), f"{here}/{name}"


def test_its_labels_carry_what_the_build_was_told(image: Image) -> None:
    label = "org.opencontainers.image."
    assert image.labels[label + "version"] == "1.2.3"
    assert image.labels[label + "revision"] == "abc"
    assert image.labels[label + "licenses"] == "Apache-2.0"
    assert (image.ports, image.stop_signal, image.user) == ([8080, 9090], "SIGTERM", "10001:10001")
