"""`inbound-keys`, `new-inbound-key`: keys to which county systems encrypt."""

import argparse
import json
import re
from base64 import b64encode

from shared.commands.package import Package, Refused
from shared.crypto.jwe import new_private_key
from shared.listening import Listening
from shared.settings import ServiceSettings


def show_keys(package: Package, settings: ServiceSettings, _: argparse.Namespace) -> int:
    """Print the public keys as a JWK set; exit code 1 if the service has no inbound events or its keys are not set."""
    door = package.inbound(settings)
    if door is None:
        raise Refused("the door for county systems is shut: XIANGLI_INBOUND_PRIVATE_KEYS is not set")
    print(json.dumps(door.keys.public_set(), indent=2))
    return 0


def new_key(package: Package, settings: Listening, arguments: argparse.Namespace) -> int:
    """Print a fresh private key as a line for the environment.

    In a rotation it goes before the old one: `new:…,old:…`.
    """
    if not re.fullmatch(r"[A-Za-z0-9._-]{1,64}", arguments.kid):
        raise Refused("a key id is 1 to 64 letters, digits, dots, dashes or underscores")
    print(f"XIANGLI_INBOUND_PRIVATE_KEYS={arguments.kid}:{b64encode(new_private_key()).decode()}")
    return 0
