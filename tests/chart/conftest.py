"""helm is built once, before anything is rendered; a machine without Go says so in one sentence."""

import pytest

from tests.chart.rendering import CASES, Case, Manifest, manifests


@pytest.fixture(params=CASES, ids=str)
def case(request: pytest.FixtureRequest) -> Case:
    """Everything that an operator may ask for, one after the other."""
    found = request.param
    assert isinstance(found, Case)
    return found


@pytest.fixture
def documents(case: Case) -> list[Manifest]:
    """The resources of the case; not to be changed."""
    return list(manifests(case))
