"""Substitute for the base image: Debian of the same release with its own Python of the same minor, by debootstrap.

It is not the official image: that one carries a Python built by the image's makers under /usr/local. Release, C library
and Python's minor version are the same. Made once, kept below `.local/tools`.
"""

import fcntl
import hashlib
import os
import re
import shutil
import subprocess
from pathlib import Path

PACKAGES = ("ca-certificates", "netbase", "tzdata", "python3", "python3-venv", "python3-pip")
"""The first three are what the official slim image adds to Debian; the rest is the Python that it builds itself."""
PYTHON_OF = {"trixie": "3.13"}
EDITION = "2"
"""Changes when the folder is made differently."""


class BaseRefused(Exception):
    """The root folder cannot be made; the message is one sentence."""


def suite_of(image: str) -> str:
    """`python:3.13.15-slim-trixie` → `trixie`. Raises BaseRefused if Debian has no such Python."""
    found = re.fullmatch(r"python:([0-9]+\.[0-9]+)\.[0-9]+-slim-([a-z]+)(@sha256:[0-9a-f]{64})?", image)
    if found is None or PYTHON_OF.get(found[2]) != found[1]:
        known = ", ".join(f"python:{minor}.…-slim-{suite}" for suite, minor in PYTHON_OF.items())
        raise BaseRefused(f"{image} has no counterpart in Debian; known: {known}")
    return found[2]


def base_root(image: str, tools: Path) -> Path:
    """Root folder in place of `image`; made in a minute and a half the first time. Needs root."""
    if os.geteuid() != 0:
        raise BaseRefused("root is needed to make a root folder and to mount in it")
    suite = suite_of(image)
    key = hashlib.sha256(" ".join((EDITION, suite, *PACKAGES)).encode()).hexdigest()[:12]
    target = tools / f"{suite}-{key}"
    tools.mkdir(parents=True, exist_ok=True)
    with (tools / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not target.exists():
            making = target.with_suffix(".making")
            shutil.rmtree(making, ignore_errors=True)
            _debootstrap(suite, making)
            making.rename(target)
    return target


def _debootstrap(suite: str, root: Path) -> None:
    if shutil.which("debootstrap") is None:
        apt = ["apt-get", "-q", "-o", "DPkg::Lock::Timeout=300"]
        _run([*apt, "update"], "apt-get update")
        _run([*apt, "install", "-y", "--no-install-recommends", "debootstrap"], "installing debootstrap")
    _run(
        ["debootstrap", "--variant=minbase", f"--include={','.join(PACKAGES)}", suite, str(root), *_mirror()],
        f"debootstrap {suite}",
    )
    for name in ("python", "python3"):
        (root / "usr/local/bin" / name).symlink_to("/usr/bin/python3")
    for compiled in (root / "usr/lib").glob("python3*/**/__pycache__"):
        shutil.rmtree(compiled)  # the official image has none either
    for name in ("var/cache/apt/archives", "var/lib/apt/lists"):
        shutil.rmtree(root / name)
        (root / name).mkdir()


def _mirror() -> list[str]:
    """The Debian mirror of this machine; none if apt does not name it: debootstrap then chooses."""
    asked = ["apt-get", "indextargets", "--format", "$(REPO_URI)", "Created-By: Packages", "Label: Debian"]
    said = subprocess.run(asked, capture_output=True, text=True, check=False).stdout.split()
    return said[:1]


def _run(command: list[str], what: str) -> None:
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise BaseRefused(f"{what} failed: {(done.stdout + done.stderr).strip()[-800:]}")
