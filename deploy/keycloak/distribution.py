"""Keycloak distribution from Maven Central, built once into `.local/tools`. Needs Java 17 and Maven."""

import contextlib
import fcntl
import os
import shutil
import subprocess
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

VERSION = "26.7.3"
ROOT = Path(__file__).resolve().parents[2]
BUILD = ("build", "--db=dev-file", "--health-enabled=true")
"""What is fixed when Keycloak is built; starts with `--optimized` must not name it again."""
PARTS = ("lib", "providers", "themes", "conf")


class KeycloakError(Exception):
    """Keycloak cannot be fetched, built or started; the message is one sentence."""


def home() -> Path:
    """Folder of the unpacked Keycloak: in `.local/tools`, or below what LOCAL names."""
    return (ROOT / (os.environ.get("LOCAL") or ".local") / "tools" / f"keycloak-{VERSION}").resolve()


def fetch() -> Path:
    """Downloads (177 MB), unpacks and builds it (40 s) where that was not done yet. Raises KeycloakError."""
    where = home()
    with _one_at_a_time(where):
        if not (where / ".complete").exists():
            shutil.rmtree(where, ignore_errors=True)
            with tempfile.TemporaryDirectory(dir=where.parent, prefix="keycloak-") as folder:
                _unpack(_download(Path(folder)), Path(folder))
                (Path(folder) / where.name).rename(where)
            _run([str(where / "bin" / "kc.sh"), *BUILD], "Keycloak could not be built", JAVA_OPTS="-Xmx700m")
            (where / ".complete").touch()
    return where


def furnish(folder: Path) -> None:
    """Makes a Keycloak home in `folder`: its programs are links to the shared ones, its data is its own."""
    (folder / "data" / "import").mkdir(parents=True, exist_ok=True)
    for part in PARTS:
        link = folder / part
        if not link.is_symlink() or link.readlink() != home() / part:
            link.unlink(missing_ok=True)
            link.symlink_to(home() / part)


def _download(folder: Path) -> Path:
    for program, package in (("java", "openjdk-17-jre-headless"), ("mvn", "maven")):
        if shutil.which(program) is None:
            raise KeycloakError(f"{program} is missing: install the Debian package {package}")
    artifact = f"org.keycloak:keycloak-quarkus-dist:{VERSION}:zip"
    command = ["mvn", "-q", "-B", "dependency:copy", f"-Dartifact={artifact}", f"-DoutputDirectory={folder}"]
    _run(command, "Maven could not fetch Keycloak", folder=folder)
    return next(folder.glob("*.zip"))


def _unpack(archive: Path, folder: Path) -> None:
    with zipfile.ZipFile(archive) as packed:
        packed.extractall(folder)
    archive.unlink()
    (folder / f"keycloak-{VERSION}" / "bin" / "kc.sh").chmod(0o755)


def _run(command: list[str], sentence: str, folder: Path | None = None, **environment: str) -> None:
    done = subprocess.run(
        command, check=False, capture_output=True, text=True, cwd=folder, env=os.environ | environment
    )
    if done.returncode:
        raise KeycloakError(f"{sentence}: {(done.stdout + done.stderr).strip()[-500:]}")


@contextlib.contextmanager
def _one_at_a_time(where: Path) -> Iterator[None]:
    where.parent.mkdir(parents=True, exist_ok=True)
    with (where.parent / "keycloak.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
