"""`make check` notices every generated file that is not what the code says."""

from pathlib import Path

import pytest

from deploy.local import generate
from deploy.local.generate import ROOT

SCHEMA = "docs/api/schemas/registry.person.registered.v1.json"
DISPUTES = "docs/ledgers/disputes.md"


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


def test_what_is_committed_is_what_the_code_says(wanted: dict[Path, str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(generate, "generated", lambda: iter(wanted.items()))
    assert generate.main(["--check"]) == 0


@pytest.mark.parametrize(
    "name", ["docs/api/asyncapi.json", "docs/api/openapi.json", "docs/api/grid.openapi.json", SCHEMA, DISPUTES]
)
def test_a_file_that_was_edited_is_stale(tree: Path, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert generate.main(["--check"]) == 0
    changed = tree / name
    changed.write_text(changed.read_text(encoding="utf-8").replace('"string"', '"integer"', 1) + " ", encoding="utf-8")
    assert generate.main(["--check"]) == 1
    assert name in capsys.readouterr().err


def test_a_schema_that_is_missing_or_of_nobody_is_stale_and_renewed(tree: Path) -> None:
    (tree / SCHEMA).unlink()
    stranger = tree / "docs/api/schemas/registry.person.invented.v1.json"
    stranger.write_text("{}", encoding="utf-8")
    assert generate.main(["--check"]) == 1
    assert stranger.exists()
    assert generate.main([]) == 0
    assert not stranger.exists()
    assert (tree / SCHEMA).exists()
    assert generate.main(["--check"]) == 0


def test_every_ledger_that_ships_has_a_page_and_nothing_else_of_that_folder_is_touched(
    tree: Path, wanted: dict[Path, str]
) -> None:
    codes = {path.name.partition(".")[0] for path in ROOT.glob("services/*/ledgers/*.measures.yaml")}
    pages = {path.stem for path in wanted if path.parent == Path("docs/ledgers")}
    assert pages == codes | {"shipped"}
    committed = {path.stem for path in (ROOT / "docs/ledgers").glob("*.md")}
    assert committed == pages | {"README", "README.zh-CN"}
    own = tree / "docs/ledgers/river_clearance.json"
    own.write_text("{}", encoding="utf-8")
    assert generate.main([]) == 0
    assert own.exists()


def test_a_page_tells_what_the_definition_says(wanted: dict[Path, str]) -> None:
    page = wanted[Path(DISPUTES)]
    for told in (
        "# 矛盾纠纷调解台账",
        "*Disputes*",
        "县矛盾纠纷排查调处工作",
        "| 调解员 | `mediator` | 姓名 | 个人信息 | 调解中时 |",
        "mediating --> closed : 办结",
        "须另一人（受理调解者不得办理）",
        "| 调解时限 | 调解中 | 已办结 |  | 30 自然日 |",
        "`grid.disputes.success`",
        "2026 · 450481114 → 11",
        "- 办结日期（结案日期、进入已办结状态日期）",
    ):
        assert told in page, told
    assert page.index("纠纷类型") < page.index("风险等级") < page.index("发现日期"), "in the order of the definition"
