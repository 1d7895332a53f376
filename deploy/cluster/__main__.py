"""`python -m deploy.cluster build|start|stop|run`: a Kubernetes control plane for tests."""

import argparse
import os
import signal
import sys
import threading
from pathlib import Path

from deploy.cluster.build import ClusterError, build_all
from deploy.cluster.crds import apply_all
from deploy.cluster.server import ControlPlane


def main() -> None:
    parser = argparse.ArgumentParser(prog="deploy.cluster", description="Kubernetes, its pods simulated")
    parser.add_argument("verb", choices=("build", "start", "stop", "run"))
    parser.add_argument("--folder", type=Path, default=Path(os.environ.get("LOCAL") or ".local") / "cluster")
    parser.add_argument("--crds", action="store_true", help="with the kinds of operators the chart knows")
    arguments = parser.parse_args()
    plane = ControlPlane(arguments.folder, bound=arguments.verb == "run")
    try:
        match arguments.verb:
            case "build":
                print(*build_all(), sep="\n")
            case "stop":
                plane.stop()
            case "start":
                _start(plane, arguments.crds)
            case "run":
                _run(plane, arguments.crds)
    except ClusterError as error:
        raise SystemExit(f"cluster: {error}") from error


def _start(plane: ControlPlane, crds: bool) -> None:
    print("building what is missing and starting …", file=sys.stderr, flush=True)
    plane.start()
    if crds:
        apply_all(plane)
    print(f"ready: export KUBECONFIG={plane.kubeconfig}", flush=True)


def _run(plane: ControlPlane, crds: bool) -> None:
    over = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: over.set())
    try:
        _start(plane, crds)
        while not over.wait(1.0):
            if ended := plane.ended():
                raise ClusterError(f"{ended[0]} ended by itself; see {plane.folder}")
    finally:
        plane.stop()


if __name__ == "__main__":
    main()
