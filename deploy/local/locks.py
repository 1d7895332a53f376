"""Hashed dependency locks: resolves them (`make lock`), and checks offline that they belong to their inputs.

A lock's first line holds the SHA-256 of the `.in` files it was resolved from. `--check` recomputes it, without network.
"""

import argparse
import hashlib
import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
INPUTS = {
    "requirements.lock": ("requirements.in",),
    "requirements-dev.lock": ("requirements-dev.in", "requirements.in"),
    "tests/clients/python/generator.lock": ("tests/clients/python/generator.in",),
    "tests/bench/controls/drf/drf.lock": ("tests/bench/controls/drf/drf.in",),
    "tests/bench/controls/jsonschema/jsonschema.lock": ("tests/bench/controls/jsonschema/jsonschema.in",),
}
MARK = "# inputs-sha256: "


def inputs_digest(lock: str, root: Path = ROOT) -> str:
    """One digest over the inputs of a lock, in order."""
    digest = hashlib.sha256()
    for name in INPUTS[lock]:
        digest.update(name.encode() + b"\0" + (root / name).read_bytes() + b"\0")
    return digest.hexdigest()


def problems(root: Path = ROOT) -> list[str]:
    """Faults of the locks: stale, a pin without hashes, the address of an index."""
    found = []
    for lock in INPUTS:
        text = (root / lock).read_text() if (root / lock).exists() else ""
        if not text.startswith(f"{MARK}{inputs_digest(lock, root)}\n"):
            found.append(f"{lock} is stale: its inputs changed; run `make lock`.")
        if re.search(r"^\s*(--(extra-)?index-url|--find-links|-i|-f)\b|https?://", text, re.MULTILINE):
            found.append(f"{lock} names an index; run `make lock`.")
        pins = re.split(r"^(?=[a-z0-9])", text, flags=re.MULTILINE)[1:]
        found += [
            f"{lock}: {pin.split('==')[0]} has no hash; run `make lock`." for pin in pins if "--hash=sha256:" not in pin
        ]
    return found


def write() -> None:
    """Resolve the inputs again. Pins that still fit stay as they are; with `--upgrade`, the newest versions."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PIP_")}
    for lock, inputs in INPUTS.items():
        command = [str(Path(sys.executable).parent / "uv"), "pip", "compile", "-q", inputs[0], "-o", lock]
        command += ["--universal", "--python-version", "3.11", "--generate-hashes"]
        command += ["--no-header", "--no-annotate", *sys.argv[1:]]
        subprocess.run(command, cwd=ROOT, env=environment, check=True)
        text = (ROOT / lock).read_text()
        (ROOT / lock).write_text(f"{MARK}{inputs_digest(lock)}\n{text}")
        print(f"{lock}: written")


def main() -> int:
    """Writes the locks, then prints their faults; `--check` only prints."""
    parser = argparse.ArgumentParser(prog="locks", description=__doc__)
    parser.add_argument("--check", action="store_true", help="only say whether the locks belong to their inputs")
    parser.add_argument("--upgrade", action="store_true", help="use the newest versions that the inputs allow")
    if not parser.parse_args().check:
        write()
    found = problems()
    for line in found:
        print(line)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
