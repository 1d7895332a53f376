"""`python -m deploy.compose [file]`: writes the secrets of a compose deployment once (`make compose-env`)."""

import secrets
import sys
from pathlib import Path

from deploy.local.stack.folder import new_secrets, write_private
from deploy.local.stack.ports import SERVICES

FILE = Path(__file__).parents[1] / "compose.env"
HEADER = """\
# Secrets of deploy/compose.yaml. Keep a copy outside of this machine: without the keys nobody reads the data.
"""


def environment() -> dict[str, str]:
    """Fresh values of every variable that the compose file asks for."""
    keys = {name.removeprefix("XIANGLI_"): value for name, value in new_secrets().items()}
    roles = [f"{service.upper()}_{role}_PASSWORD" for service in SERVICES for role in ("OWNER", "SERVICE")]
    passwords = ["POSTGRES_PASSWORD", *roles, "KEYCLOAK_DATABASE_PASSWORD", "KEYCLOAK_ADMIN_PASSWORD"]
    return {name: secrets.token_hex(24) for name in passwords} | keys


def main(arguments: list[str]) -> int:
    """Exit status; 1 if the file is there already: its keys may be in use."""
    path = Path(arguments[0]) if arguments else FILE
    if path.exists():
        print(f"compose: {path} is there already and stays as it is", file=sys.stderr)
        return 1
    write_private(path, HEADER + "".join(f"{name}={value}\n" for name, value in environment().items()))
    print(f"compose: {path} is written, readable by its owner only")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
