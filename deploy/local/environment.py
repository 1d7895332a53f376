"""Virtual environment `.venv` from the hashed lock (`make env`): standard library only, nothing else is there yet.

A stamp in `.venv` holds the lock's SHA-256; while it matches, nothing happens. Otherwise pip installs the uv that the
lock pins (with its hashes), and uv the rest; if uv cannot reach an index that only pip knows, pip installs the rest
too. An environment that is there already is brought to the lock in place.
"""

import errno
import hashlib
import os
import re
import shutil
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LOCK = ROOT / "requirements-dev.lock"
VENV = ROOT / ".venv"
STAMP = VENV / "xiangli.stamp"
NEEDED_BYTES = 1_200_000_000  # size of the environment, with uv's cache


class EnvironmentRefused(Exception):
    """The environment cannot be made; the message is one sentence for the person at the keyboard."""


def lock_digest() -> str:
    """SHA-256 of the lock, which the stamp must hold."""
    return hashlib.sha256(LOCK.read_bytes()).hexdigest()


def is_current() -> bool:
    """Whether `.venv` was made whole from this lock."""
    try:
        return STAMP.read_text().strip() == lock_digest() and (VENV / "bin/python").exists()
    except OSError:
        return False


def pinned(name: str) -> str:
    """The block of one package in the lock: its pin and its hashes."""
    block = re.search(rf"^{re.escape(name)}==.*?(?=^\S)", LOCK.read_text() + "\nend", re.MULTILINE | re.DOTALL)
    if block is None:
        raise EnvironmentRefused(f"requirements-dev.lock does not pin {name}; run `make lock`.")
    return block.group(0)


def environment_of_uv() -> dict[str, str]:
    """Environment of uv with pip's index and certificates: uv reads neither pip.conf nor PIP_*."""
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    asked = subprocess.run(
        [str(VENV / "bin/python"), "-m", "pip", "config", "list"], capture_output=True, text=True, check=False
    )
    for line in asked.stdout.splitlines():
        key, _, value = line.partition("=")
        value = value.strip("'\"")
        if key.endswith(".index-url"):
            environment.setdefault("UV_DEFAULT_INDEX", value)
        elif key.endswith(".extra-index-url"):
            environment.setdefault("UV_INDEX", value)
        elif key.endswith(".cert"):
            environment.setdefault("SSL_CERT_FILE", value)
    environment.setdefault("UV_HTTP_TIMEOUT", "120")
    environment["UV_NO_CONFIG"] = "1"
    return environment


def update() -> bool:
    """Brings an existing `.venv` to the lock; False if that is not possible: it is then made anew."""
    uv = VENV / "bin/uv"
    if not uv.exists() or not (VENV / "bin/python").exists():
        return False
    command = [str(uv), "pip", "sync", "-q", "--python", str(VENV / "bin/python"), "--require-hashes"]
    command += ["--compile-bytecode", str(LOCK)]
    print("environment: bringing .venv to requirements-dev.lock", flush=True)
    if subprocess.run(command, env=environment_of_uv(), check=False).returncode != 0:
        return False
    STAMP.write_text(lock_digest() + "\n")
    return True


def create() -> None:
    """Build `.venv` from nothing; the stamp is written last, so that a broken attempt is made again."""
    if shutil.disk_usage(ROOT).free < NEEDED_BYTES:
        raise EnvironmentRefused(f"the disk of {ROOT} is full: {NEEDED_BYTES // 1_000_000} MB are needed for .venv.")
    print("environment: creating .venv from requirements-dev.lock", flush=True)
    STAMP.unlink(missing_ok=True)
    try:
        venv.EnvBuilder(with_pip=True, clear=True, symlinks=True).create(VENV)
    except subprocess.CalledProcessError as error:
        raise EnvironmentRefused(
            "this Python cannot make environments (ensurepip fails); on Debian: apt install python3-venv."
        ) from error
    python = str(VENV / "bin/python")
    plain = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    only_uv = VENV / "uv.txt"
    only_uv.write_text(pinned("uv"))
    pip = [python, "-m", "pip", "install", "-q", "--disable-pip-version-check", "--require-hashes"]
    if subprocess.run([*pip, "--no-deps", "-r", str(only_uv)], env=plain, check=False).returncode != 0:
        raise EnvironmentRefused(
            "pip could not install uv from the package index (see above): no network, or no index."
        )
    uv = [str(VENV / "bin/uv"), "pip", "install", "-q", "--python", python, "--require-hashes", "--compile-bytecode"]
    if subprocess.run([*uv, "-r", str(LOCK)], env=environment_of_uv(), check=False).returncode != 0:
        print("environment: uv did not get through, pip installs the rest (about a minute)", flush=True)
        if subprocess.run([*pip, "-r", str(LOCK)], env=plain, check=False).returncode != 0:
            raise EnvironmentRefused("the packages of requirements-dev.lock could not be installed (see above).")
    only_uv.unlink()
    STAMP.write_text(lock_digest() + "\n")
    print("environment: ready", flush=True)


def main() -> int:
    """Exit status: 0 if `.venv` is current afterwards."""
    try:
        if not is_current() and not update():
            create()
    except EnvironmentRefused as refused:
        print(f"xiangli: {refused}", file=sys.stderr)
        return 1
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        print(f"xiangli: the disk of {ROOT} is full: .venv could not be written.", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
