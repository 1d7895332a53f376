"""Bearer tokens from the development issuer of a running stack.

`python -m deploy.local.tokens ROLE AREA [--department D] [--subject S]` (`make token`) prints one.
"""

import argparse
import sys
from collections.abc import Sequence
from typing import Any

import httpx

from deploy.local.stack.command import status_of
from deploy.local.stack.deployment import Stack
from deploy.local.stack.folder import LocalRefused
from deploy.local.stack.ports import Ports

LIFETIME = 86_400


def ask(ports: Ports, form: Sequence[tuple[str, str]]) -> str:
    """One token. Raises LocalRefused with the issuer's reason, or when no stack runs there."""
    fields: dict[str, Any] = {}
    for name, value in (("grant_type", "client_credentials"), ("lifetime", str(LIFETIME)), *form):
        fields.setdefault(name, []).append(value)
    try:
        answer = httpx.post(f"{ports.issuer_url}/token", data=fields, timeout=10, trust_env=False)
    except httpx.TransportError as error:
        raise LocalRefused(f"no stack runs at {ports.origin}: start one with `make run`.") from error
    body: dict[str, str] = answer.json()
    if answer.status_code != httpx.codes.OK:
        raise LocalRefused(f"no token: {body.get('error_description', body.get('error'))}.")
    return body["access_token"]


def token(ports: Ports, role: str, area: str, department: str | None = None, subject: str | None = None) -> str:
    """A token with one grant."""
    if not role or not area:
        raise LocalRefused("say who and where: make token ROLE=village_clerk AREA=450481100201")
    form = [("role", role), ("area", area)]
    form += [("department", department)] if department else []
    form += [("subject", subject)] if subject else []
    return ask(ports, form)


def main() -> int:
    """Prints one token. The stack is the one that PORT names."""
    parser = argparse.ArgumentParser(prog="python -m deploy.local.tokens", description="print a bearer token")
    parser.add_argument("role")
    parser.add_argument("area")
    parser.add_argument("--department")
    parser.add_argument("--subject")
    wanted = parser.parse_args()

    def verb(stack: Stack) -> int:
        if stack.issuer is not None:
            raise LocalRefused(f"tokens of this stack come from {stack.issuer}, not from `make token`.")
        print(token(stack.ports, wanted.role, wanted.area, wanted.department, wanted.subject))
        return 0

    return status_of(verb)


if __name__ == "__main__":
    sys.exit(main())
