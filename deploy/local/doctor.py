"""Check-up of a local stack: the verb `doctor` of its four services, with their settings (`make doctor`)."""

import subprocess
import sys

from deploy.local.stack.command import status_of
from deploy.local.stack.deployment import Stack, python
from deploy.local.stack.ports import SERVICES


def doctor(stack: Stack) -> int:
    """Prints what each service finds; 1 if one of them finds a fault."""
    programs = {program.name: program for program in stack.service_programs()}
    faults = 0
    for service in SERVICES:
        environment = programs[f"{service}-worker"].environment
        command = [python(), "-m", f"services.{service}", "doctor", "--quiet"]
        faults += subprocess.run(command, env=environment, check=False).returncode != 0
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(status_of(doctor))
