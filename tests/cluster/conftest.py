"""One control plane for the whole run, with the kinds of the operators that the chart may use, and its report."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.cluster.crds import apply_all
from deploy.cluster.server import ControlPlane, control_plane
from tests.cluster.release import VALUES, Release, a_namespace
from tests.cluster.report import Report
from tests.cluster.secrets import make_secrets

_report = Report()


@pytest.fixture(scope="session")
def plane(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ControlPlane]:
    with control_plane(tmp_path_factory.mktemp("cluster")) as running:
        _report.definitions = apply_all(running)
        _report.versions = running.versions()
        yield running


@pytest.fixture(scope="module", params=VALUES, ids=[path.stem for path in VALUES])
def release(plane: ControlPlane, request: pytest.FixtureRequest) -> Iterator[Release]:
    """A values file's release, not yet installed; its namespace is gone afterwards."""
    values: Path = request.param
    module = request.module.__name__.rpartition("test_")[2].replace("_", "-")
    found = Release(plane, f"{module}-{values.stem.removeprefix('values-')}"[:60], values)
    a_namespace(plane, found.namespace)
    make_secrets(found)
    yield found
    plane.kubectl("delete", "namespace", found.namespace, "--wait=false")


@pytest.fixture(scope="module")
def installed(release: Release) -> Release:
    release.install()
    release.settle()
    return release


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    _report.take(report)


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    _report.finish(session, exitstatus)
