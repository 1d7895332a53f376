"""Stands in the PATH as `kubectl` while the handbook is executed.

kwok's pods run no program, so `exec … -- python -m services.<service> …` is done here by the same program against a
local stack, after the real cluster was asked whether that Deployment exists, is available and runs that service.
Everything else is the real kubectl.
"""

import json
import os
import subprocess
import sys

REAL = "HANDBOOK_KUBECTL"
STACK = "HANDBOOK_STACK"
"""A file: {"registry-api": {"NAME": "value"}, …}, the environment of each process of the local stack."""


def main(arguments: list[str]) -> int:
    real = os.environ[REAL]
    if "logs" in arguments:
        return _logs(real, arguments)
    if "exec" not in arguments or "--" not in arguments:
        return subprocess.run([real, *arguments], check=False).returncode
    end = arguments.index("--")
    before, command = arguments[:end], arguments[end + 1 :]
    target = before[before.index("exec") + 1]
    namespace = before[before.index("-n") + 1]
    get = [real, "get", target, "-n", namespace, "-o", "json"]
    said = subprocess.run(get, check=False, capture_output=True, text=True)
    if said.returncode:
        sys.stderr.write(said.stderr)
        return said.returncode
    deployment = json.loads(said.stdout)
    told = deployment["spec"]["template"]["spec"]["containers"][0]["command"]
    if not deployment["status"].get("availableReplicas"):
        sys.stderr.write(f"kubectl of the handbook: {target} has no pod that is available\n")
        return 1
    if command[:3] != told[:3]:
        sys.stderr.write(f"kubectl of the handbook: {target} runs {told[:3]}, not {command[:3]}\n")
        return 1
    with open(os.environ[STACK], encoding="utf-8") as file:
        environment = json.load(file)[f"{told[2].removeprefix('services.')}-{told[3]}"]
    return subprocess.run([sys.executable, *command[1:]], env=environment, check=False).returncode


def _logs(real: str, arguments: list[str]) -> int:
    """What a Job's process says: the same process beside the county, which runs on and may be refused for that."""
    target, namespace = arguments[arguments.index("logs") + 1], arguments[arguments.index("-n") + 1]
    get = [real, "get", target, "-n", namespace, "-o", "json"]
    said = subprocess.run(get, check=False, capture_output=True, text=True)
    if said.returncode:
        sys.stderr.write(said.stderr)
        return said.returncode
    command = json.loads(said.stdout)["spec"]["template"]["spec"]["containers"][0]["command"]
    with open(os.environ[STACK], encoding="utf-8") as file:
        environment = json.load(file)[f"{command[2].removeprefix('services.')}-worker"]
    subprocess.run([sys.executable, *command[1:]], env=environment, check=False)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
