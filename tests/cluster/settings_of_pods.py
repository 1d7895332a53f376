"""What the process in a container would find in its environment, resolved from the objects of the real cluster."""

import base64
import importlib
import os
import re
import tempfile
from pathlib import Path
from unittest import mock

from shared.settings import ServiceSettings
from tests.cluster.release import Object, Release

EXPANSION = re.compile(r"\$\(([A-Z_]+)\)")


def environment(release: Release, container: Object) -> dict[str, str]:
    """By name. A reference that leads nowhere raises KeyError; a kubelet would not start the container."""
    secrets, maps = release.named("secrets"), release.named("configmaps")
    found: dict[str, str] = {}
    for source in container.get("envFrom", []):
        found |= maps[source["configMapRef"]["name"]]["data"]
    for variable in container.get("env", []):
        reference = variable.get("valueFrom", {}).get("secretKeyRef")
        if "valueFrom" not in variable:  # the server leaves out an empty value
            found[variable["name"]] = EXPANSION.sub(lambda match: found[match[1]], variable.get("value", ""))
        elif reference:
            found[variable["name"]] = base64.b64decode(secrets[reference["name"]]["data"][reference["key"]]).decode()
    return found


def mount(release: Release, pod: Object, container: Object, below: Path) -> dict[Path, Path]:
    """What the container would find in files: mounted path → a folder below `below` that holds the same."""
    secrets = release.named("secrets")
    mounted = {}
    for volume in pod.get("volumes", []):
        for place in container["volumeMounts"]:
            if place["name"] == volume["name"] and "secret" in volume:
                folder = below / volume["name"]
                folder.mkdir()
                for item in volume["secret"]["items"]:
                    held = secrets[volume["secret"]["secretName"]]["data"][item["key"]]
                    (folder / item["path"]).write_bytes(base64.b64decode(held))
                mounted[Path(place["mountPath"])] = folder
    return mounted


def read(release: Release, pod: Object, container: Object) -> ServiceSettings:
    """The settings as the program would read them. Raises ValueError for what it refuses or does not know."""
    with tempfile.TemporaryDirectory() as below:
        told = environment(release, container)
        for inside, outside in mount(release, pod, container, Path(below)).items():
            told = {name: value.replace(str(inside), str(outside)) for name, value in told.items()}
        return _read(container, told)


def _read(container: Object, told: dict[str, str]) -> ServiceSettings:
    module = next(part for part in container["command"] if part.startswith("services."))
    settings: type[ServiceSettings] = importlib.import_module(f"{module}.settings").Settings
    known = {f"XIANGLI_{name.upper()}" for name in settings.model_fields}
    unknown = {name for name in told if name.startswith("XIANGLI_")} - known
    if unknown:
        raise ValueError(f"the program knows no {sorted(unknown)}")
    kept = {name: value for name, value in os.environ.items() if not name.startswith("XIANGLI_")}
    with mock.patch.dict(os.environ, kept | told, clear=True):
        return settings()
