"""A county's folder: what is wrong with it is one sentence in each language, which says where and what to do."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from deploy.first_day.county_file import CountyFile, county, read
from deploy.first_day.refusal import FirstDayRefused
from deploy.first_day.trial import LEDGERS
from shared.auth.roles import Role

GOOD: dict[str, Any] = {
    "county": "450481",
    "books_opened_on": "2026-01-01",
    "grids": "grids.geojson",
    "ledgers": ["disputes"],
    "units": [{"area": "450481", "department": "water", "name": "岑溪市水政监察大队"}],
    "items": [{"code": "A-1", "department": "health", "category": "family_planning", "content": {"name": "登记"}}],
    "accounts": [
        {"username": "registrar", "role": "county_registrar", "area": "450481"},
        {"username": "health", "role": "department_officer", "area": "450481", "department": "health"},
    ],
}
DIVISIONS = "code,name,level,parent_code\n450000000000,广西壮族自治区,1,\n"


def folder(tmp_path: Path, *, divisions: str = DIVISIONS, grids: str = '{"features": []}', **more: Any) -> Path:
    content = {name: value for name, value in (GOOD | more).items() if value is not None}
    (tmp_path / "county.yaml").write_text(yaml.safe_dump(content, allow_unicode=True), "utf-8")
    (tmp_path / "divisions.csv").write_text(divisions, "utf-8")
    (tmp_path / "grids.geojson").write_text(grids, "utf-8")
    return tmp_path


def refused(path: Path) -> FirstDayRefused:
    with pytest.raises(FirstDayRefused) as error:
        read(path, LEDGERS)
    assert re.search("[\u4e00-\u9fff]", error.value.chinese)
    assert not re.search("[\u4e00-\u9fff]", error.value.english.replace("岑溪", ""))
    return error.value


def test_a_whole_folder_is_read(tmp_path: Path) -> None:
    found = read(folder(tmp_path), LEDGERS)
    assert found.county == "450481"
    assert found.divisions[0]["name"] == "广西壮族自治区"
    assert found.ledgers[0]["code"] == "disputes"
    assert found.who(Role.COUNTY_REGISTRAR).grant == {"role": "county_registrar", "area": "450481"}
    assert found.accounts[1].grant["department"] == "health"


def test_a_file_with_the_mark_of_a_spreadsheet_is_read(tmp_path: Path) -> None:
    found = read(folder(tmp_path, divisions="\ufeff" + DIVISIONS), LEDGERS)
    assert found.divisions[0]["code"] == "450000000000"


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"county": "4504"}, "county.yaml: county: String should match"),
        ({"countty": 1}, "county.yaml: countty: Extra inputs"),
        ({"accounts": [{"username": "Ü", "role": "agent", "area": "450481"}]}, "accounts.0.username"),
        ({"accounts": [{"username": "a", "role": "mayor", "area": "450481"}]}, "accounts.0.role"),
        ({"accounts": [{"username": "a", "role": "agent", "area": "450482"}]}, "a has a grant outside the county"),
        ({"accounts": [{"username": "a", "role": "department_officer", "area": "450481"}]}, "a needs a department"),
        ({"accounts": [GOOD["accounts"][0]] * 2}, "registrar stands there twice"),
        ({"ledgers": ["nothing"]}, "nothing does not ship; these do: campaign_targets, "),
        ({"ledgers": ["../../x"]}, "does not ship"),
        ({"divisions": DIVISIONS.replace("level", "rank")}, "it needs lines and the columns code, name, level"),
        ({"divisions": DIVISIONS + "45,x\n"}, "divisions.csv: line 3 has another form"),
        ({"grids": "[]"}, "grids.geojson: it is no GeoJSON FeatureCollection"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(tmp_path: Path, wrong: dict[str, Any], said: str) -> None:
    error = refused(folder(tmp_path, **wrong))
    assert said in error.english
    assert error.english.endswith("; correct it and try again.")


def test_what_is_no_yaml_or_is_not_there_is_said(tmp_path: Path) -> None:
    assert "there is no such file" in refused(tmp_path).english
    (tmp_path / "county.yaml").write_text("a: 1\n b: [", "utf-8")
    assert re.search(r"county.yaml: line \d is not YAML", refused(tmp_path).english)
    (tmp_path / "county.yaml").write_text("- 1", "utf-8")
    assert "it is no mapping" in refused(tmp_path).english
    (tmp_path / "county.yaml").write_bytes(b"\xff\xfe\x00")
    assert "cannot be read as UTF-8" in refused(tmp_path).english


def test_an_account_that_a_step_needs_and_nobody_has_is_named() -> None:
    content = {"county": "450481", "books_opened_on": "2026-01-01", "divisions": []}
    found: CountyFile = county(content)
    with pytest.raises(FirstDayRefused) as error:
        found.who(Role.COUNTY_OFFICER, nth=1)
    assert error.value.english.startswith("county.yaml: 2 accounts of the role county_officer are needed")
    assert "county_officer（县级干部）" in error.value.chinese


def test_every_shipped_ledger_can_be_named(tmp_path: Path) -> None:
    codes = sorted(path.stem for path in LEDGERS.glob("*.json"))
    found = read(folder(tmp_path, ledgers=codes), LEDGERS)
    assert [one["code"] for one in found.ledgers] == codes
    assert json.dumps(found.ledgers)
