"""CustomResourceDefinitions that the chart may use: with them the API server validates objects of the operators.

They come out of the operators' own releases: source archives of Go modules, and Strimzi's generator from Maven Central.
"""

import json
import shutil
import subprocess
from pathlib import Path

from deploy.cluster.build import HERE, ClusterError, go, module, one_builder, tools_folder
from deploy.cluster.server import ControlPlane
from deploy.cluster.versions import CRD_MODULES, KUBERNETES, STRIMZI, STRIMZI_KINDS

GENERATOR = "io.strimzi.crdgenerator.CrdGenerator"


def apply_all(plane: ControlPlane) -> dict[str, list[str]]:
    """Applies all definitions and waits for them; their full names by operator. Raises ClusterError."""
    found = {name: go_definitions(name) for name in CRD_MODULES} | {"strimzi": strimzi_definitions()}
    return {operator: apply(plane, folder) for operator, folder in found.items()}


def apply(plane: ControlPlane, folder: Path) -> list[str]:
    """Applies the definitions of a folder and waits for them; their full names. Raises ClusterError."""
    # on the server's side: a definition is larger than the annotation of a client's apply may be
    said = plane.kubectl("apply", "--server-side", "-o", "name", "-f", str(folder))
    names = [line.partition("/")[2] for line in said.splitlines()]
    wanted = [f"crd/{name}" for name in names]
    plane.kubectl("wait", "--for=condition=Established", "--timeout=60s", *wanted)
    return names


def go_definitions(name: str) -> Path:
    """Folder with the definitions of a Go module, fetched once. Raises ClusterError."""
    source, version, pattern = CRD_MODULES[name]
    folder = tools_folder() / "crds" / f"{name}-{version}"
    with one_builder():
        if not folder.exists():
            inside = module(next(iter(KUBERNETES)))
            said = json.loads(go("mod", "download", "-json", f"{source}@{version}", folder=inside))
            files = sorted(Path(said["Dir"]).glob(pattern))
            if not files:
                raise ClusterError(f"{source} {version} has no {pattern}")
            fresh = folder.with_suffix(".new")
            shutil.rmtree(fresh, ignore_errors=True)
            fresh.mkdir(parents=True)
            for file in files:
                shutil.copyfile(file, fresh / file.name)
            fresh.rename(folder)
    return folder


def strimzi_definitions() -> Path:
    """Folder with the definitions of Strimzi, generated once. Raises ClusterError."""
    folder = tools_folder() / "crds" / f"strimzi-{STRIMZI}"
    with one_builder():
        if not folder.exists():
            fresh = folder.with_name(f"{folder.name}.new")
            shutil.rmtree(fresh, ignore_errors=True)
            libs = fresh / "libs"
            collect = ("dependency:copy-dependencies", "-DincludeScope=runtime", f"-DoutputDirectory={libs}")
            _run("mvn", "-q", "-B", "-f", str(HERE / "strimzi" / "pom.xml"), *collect)
            wanted = [f"{kind}={fresh / f'{name}.yaml'}" for name, kind in STRIMZI_KINDS.items()]
            _run("java", "-cp", f"{libs}/*", GENERATOR, "--yaml", *wanted)
            shutil.rmtree(libs)
            fresh.rename(folder)
    return folder


def _run(*command: str) -> None:
    if shutil.which(command[0]) is None:
        package = {"java": "openjdk-17-jre-headless", "mvn": "maven"}[command[0]]
        raise ClusterError(f"{command[0]} is missing: install the Debian package {package}")
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    if done.returncode:
        raise ClusterError(f"{command[0]} failed: {(done.stdout + done.stderr).strip()[-500:]}")
