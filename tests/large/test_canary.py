"""The canaries sing: a version that fails is told apart from one that cannot be had here."""

import sys
from pathlib import Path

import pytest
import sqlalchemy

from tests.large.canary import CANARIES, Canary, main, tried

pytestmark = pytest.mark.large

PROOF = "import idna; print(idna.__version__)"
OLDER = Canary("an older idna", PROOF, instead=("idna==3.10",))


@pytest.fixture
def suite(tmp_path: Path) -> Path:
    """A test that holds with one version of idna alone."""
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    path = tmp_path / "test_idna.py"
    path.write_text("import idna\n\n\ndef test_idna() -> None:\n    assert idna.__version__ == '3.10'\n")
    return path


def test_what_takes_the_place_of_the_locks_version_is_what_is_tried(suite: Path) -> None:
    outcome = tried(OLDER, [str(suite)])
    assert outcome.held
    assert outcome.line.startswith("canary an older idna (3.10): 1 passed")


def test_a_failing_canary_fails_the_run(suite: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([Canary("the lock itself", PROOF)], [str(suite)]) == 1
    assert "): FAILED: 1 failed" in capsys.readouterr().out


def test_what_cannot_be_had_is_told_and_fails_nothing(suite: Path, capsys: pytest.CaptureFixture[str]) -> None:
    unheard = (
        Canary("Python 3.99", "", python="3.99"),
        Canary("a release that nobody made", "", instead=("idna==99",)),
    )
    assert main(unheard, [str(suite)]) == 0
    first, second = capsys.readouterr().out.splitlines()
    assert first.startswith("canary Python 3.99: not to be had here: No interpreter found for Python 3.99")
    assert "idna==99" in second


def test_the_canaries_are_ahead_of_what_is_locked() -> None:
    assert {canary.name for canary in CANARIES} == {"SQLAlchemy 2.1", "Python 3.14"}
    assert sqlalchemy.__version__.startswith("2.0."), "SQLAlchemy 2.1 is locked: the canary is due for the next one"
    assert sys.version_info < (3, 14), "Python 3.14 is what the tests run on: the canary is due for the next one"
