"""Build of the test cluster's programs, once, into `.local/tools/bin`: with Go and its module proxy alone."""

import contextlib
import fcntl
import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path

from deploy.cluster.versions import (
    CONTROL_PLANE,
    ETCD,
    HELM,
    KUBERNETES,
    KWOK,
    GoProgram,
    VersionError,
    helm,
    kubernetes,
)

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
PLAIN = "-gcflags=all=-dwarf=false"
"""Nobody debugs these programs: without its tables Go builds helm in three quarters of the time."""


class ClusterError(Exception):
    """The cluster cannot be built or started; the message is one sentence."""


def tools_folder() -> Path:
    """Where built programs are kept: `.local/tools`, or below what LOCAL names."""
    return (ROOT / (os.environ.get("LOCAL") or ".local") / "tools").resolve()


def module(minor: str) -> Path:
    """The Go module that pins a release of Kubernetes and everything that it is built from."""
    return HERE / "controlplane" / minor


def tool(name: str) -> Path:
    """The program, built now if it was not before (helm: one minute; Kubernetes: ten, once). Raises ClusterError."""
    try:
        match name:
            case "etcd":
                return _etcd()
            case "helm":
                return go_tool("helm", HELM[helm()], tools_folder() / f"helm-{helm()}")
            case "kwok":
                return go_tool("kwok", KWOK)
            case _:
                return control_plane(name, kubernetes())
    except VersionError as error:
        raise ClusterError(str(error)) from error


def build_all() -> list[Path]:
    """Every program; quick if all are built already."""
    return [tool(name) for name in (*CONTROL_PLANE, "helm", "kwok", "etcd")]


def go_tool(name: str, program: GoProgram, folder: Path | None = None) -> Path:
    """One program of one module, as its own `go.mod` pins it, in `folder`, else among the other programs."""
    wanted = (folder or tools_folder() / "bin") / name
    flags = _flags(program.stamps)
    with one_builder():
        if not _is(wanted, program.version + flags):
            source = f"{program.package}@{program.version}"
            go("install", PLAIN, f"-ldflags={flags}", source, environment={"GOBIN": str(wanted.parent)})
            _note(wanted, program.version + flags)
    return wanted


def control_plane(name: str, minor: str) -> Path:
    """A program of Kubernetes; the first one asked for builds all of them, so that they share their compilation."""
    folder = tools_folder() / f"kubernetes-{minor}"
    version = KUBERNETES[minor]
    with one_builder():
        if not all(_is(folder / each, version) for each in CONTROL_PLANE):
            packages = [f"k8s.io/kubernetes/cmd/{each}" for each in CONTROL_PLANE]
            go(
                "build",
                "-mod=readonly",
                PLAIN,
                f"-ldflags={_flags(_kubernetes_stamps(version))}",
                "-o",
                f"{folder}/",
                *packages,
                folder=module(minor),
            )
            for each in CONTROL_PLANE:
                _note(folder / each, version)
    return folder / name


def go(*arguments: str, folder: Path | None = None, environment: Mapping[str, str] | None = None) -> str:
    """Standard output of a `go` command. Raises ClusterError with the end of its standard error."""
    program = shutil.which("go")
    if program is None:
        raise ClusterError("go is missing: install Go 1.26 or newer")
    kept = {name: value for name, value in os.environ.items() if name not in ("GOFLAGS", "GOBIN")}
    done = subprocess.run(
        [program, *arguments],
        cwd=folder,
        env=kept | dict(environment or {}),
        check=False,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise ClusterError(f"go {arguments[0]} failed: {done.stderr.strip()[-800:]}")
    return done.stdout


def _kubernetes_stamps(version: str) -> dict[str, str]:
    """Linker variables with the version that the programs report; a plain `go build` leaves it at v0.0.0."""
    major, minor, _ = version.removeprefix("v").split(".")
    told = {"gitVersion": version, "gitMajor": major, "gitMinor": minor}
    packages = ("k8s.io/component-base/version", "k8s.io/client-go/pkg/version")
    return {f"{package}.{name}": value for package in packages for name, value in told.items()}


def _flags(stamps: Mapping[str, str]) -> str:
    """`-ldflags` that set the variables, without tables for a debugger; symbols that are not linked in are ignored."""
    return " ".join(["-s -w", *(f"-X {name}={value}" for name, value in stamps.items())])


def _etcd() -> Path:
    """etcd as our module pins it: what distributions carry may be older than the API server needs, which then refuses
    to tell watchers of changes.
    """
    wanted = tools_folder() / "bin" / "etcd"
    with one_builder():
        if not _is(wanted, ETCD):
            go(
                "build",
                "-mod=readonly",
                PLAIN,
                "-ldflags=-s -w",
                "-o",
                str(wanted),
                "go.etcd.io/etcd/server/v3",
                folder=HERE / "etcd",
            )
            _note(wanted, ETCD)
    return wanted


def _is(program: Path, version: str) -> bool:
    note = program.with_name(f".{program.name}.version")
    return program.exists() and note.exists() and note.read_text(encoding="utf-8") == version


def _note(program: Path, version: str) -> None:
    program.with_name(f".{program.name}.version").write_text(version, encoding="utf-8")


@contextlib.contextmanager
def one_builder() -> Iterator[None]:
    """File lock: if two processes want the same program, the second waits and finds it built."""
    folder = tools_folder() / "bin"
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
