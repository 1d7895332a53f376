"""`make check` notices every generated file that is not what the code says."""

from pathlib import Path

import pytest

from deploy.local import generate

SCHEMA = "docs/api/schemas/registry.person.registered.v1.json"


@pytest.fixture(scope="module")
def wanted() -> dict[Path, str]:
    return dict(generate.generated())


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wanted: dict[Path, str]) -> Path:
    """A tree of its own in which everything was generated."""
    monkeypatch.setattr(generate, "ROOT", tmp_path)
    monkeypatch.setattr(generate, "generated", lambda: iter(wanted.items()))
    assert generate.main([]) == 0
    return tmp_path


def test_what_is_committed_is_what_the_code_says() -> None:
    assert generate.main(["--check"]) == 0


@pytest.mark.parametrize(
    "name", ["docs/api/asyncapi.json", "docs/api/openapi.json", "docs/api/grid.openapi.json", SCHEMA]
)
def test_a_file_that_was_edited_is_stale(tree: Path, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert generate.main(["--check"]) == 0
    changed = tree / name
    changed.write_text(changed.read_text(encoding="utf-8").replace('"string"', '"integer"', 1), encoding="utf-8")
    assert generate.main(["--check"]) == 1
    assert name in capsys.readouterr().err


def test_a_schema_that_is_missing_or_of_nobody_is_stale_and_renewed(tree: Path) -> None:
    (tree / SCHEMA).unlink()
    stranger = tree / "docs/api/schemas/registry.person.forgotten.v1.json"
    stranger.write_text("{}", encoding="utf-8")
    assert generate.main(["--check"]) == 1
    assert stranger.exists()
    assert generate.main([]) == 0
    assert not stranger.exists()
    assert (tree / SCHEMA).exists()
    assert generate.main(["--check"]) == 0
