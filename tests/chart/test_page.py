"""The commands of the chart's page and of its PostgreSQL example, run with a kubectl that only notes. Needs no helm."""

import re
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import yaml

from deploy.helm.values_file import CHART, at
from services.registry.settings import Settings

NOTING = 'kubectl() { printf "%s\\n" "$*" >&2; }\n'
CREATED = re.compile(r"-n (\S+) create secret generic (\S+)(.*)")
LITERAL = re.compile(r"--from-literal=([a-z-]+)=(\S+)")


def created(page: Path, containing: str) -> dict[tuple[str, str], dict[str, str]]:
    """(namespace, name) → keys and values of the Secrets that a block of commands makes. It leaves no file behind."""
    blocks = re.findall(r"```sh\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)
    (block,) = (block for block in blocks if containing in block)
    with tempfile.TemporaryDirectory() as folder:
        words = ["/bin/sh", "-ec", NOTING + block]
        done = subprocess.run(words, cwd=folder, capture_output=True, text=True, check=True)
        assert not list(Path(folder).iterdir()), "a key of the county would lie there"
    found = (CREATED.search(line) for line in done.stderr.splitlines())
    return {(match[1], match[2]): dict(LITERAL.findall(match[3])) for match in found if match}


def test_keys_made_as_the_page_says_are_accepted_by_the_service() -> None:
    secrets = created(CHART / "README.md", "registry-keys")
    made = secrets["xiangli", "registry-keys"]
    shared = secrets["xiangli", "xiangli-positions"]
    county = yaml.load((CHART / "values-county.yaml").read_text(encoding="utf-8"), yaml.CSafeLoader)
    defaults = yaml.load((CHART / "values.yaml").read_text(encoding="utf-8"), yaml.CSafeLoader)
    assert county["services"]["registry"]["keys"]["existingSecret"] == "registry-keys"
    assert county["positions"]["existingSecret"] == "xiangli-positions"
    not_its_own = {"existingSecret", "extractPublicKeys"}  # services_hall's
    assert set(made) == {key for name, key in defaults["keys"].items() if name not in not_its_own}
    assert set(shared) == {defaults["positions"]["key"]}
    told: dict[str, Any] = {name.replace("-", "_"): value for name, value in (made | shared).items()}
    told |= {"kafka_bootstrap": "kafka:9092", "oidc_issuer": "https://login.example"}
    assert Settings(database_url="postgresql+asyncpg://db/registry", **told).cursor_key


def test_database_secrets_made_as_the_example_says_are_those_of_the_county() -> None:
    made = created(CHART.parent / "examples" / "cloudnative-pg" / "README.md", "basic-auth")
    county = yaml.load((CHART / "values-county.yaml").read_text(encoding="utf-8"), yaml.CSafeLoader)
    defaults = yaml.load((CHART / "values.yaml").read_text(encoding="utf-8"), yaml.CSafeLoader)
    wanted = {}
    for service, given in county["services"].items():
        role = at(defaults, f"services.{service}.database.serviceRole")
        wanted[given["database"]["existingSecret"]] = role
        wanted[given["database"]["ownerSecret"]] = role.removesuffix("service") + "owner"
    for namespace in ("databases", "xiangli"):
        assert {name: keys["username"] for (where, name), keys in made.items() if where == namespace} == wanted
    for name in wanted:
        assert made["databases", name] == made["xiangli", name]
    passwords = {keys["password"] for keys in made.values()}
    assert len(passwords) == len(wanted)
    assert all(len(password) == 32 for password in passwords)
