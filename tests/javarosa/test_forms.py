"""The forms of ledgers in the engine that phones have: they load, ask what the ledger asks, and give its values."""

from pathlib import Path
from typing import Any

import pytest

from shared.ledgers.forms.drawing.form import opening_fields
from shared.ledgers.forms.instances.instance import Attached, Filled, filled_in, head_of
from shared.ledgers.forms.instances.reading import read_instance
from tests.javarosa.engine import Engine, Filling
from tests.shared.ledgers.forms.ledgers import EVERYTHING, definition_in, form_of, shipped

pytestmark = [pytest.mark.java, pytest.mark.xdist_group("java")]

VILLAGE, GRID, TOWN, COUNTY = "450481100201", "450481100201001", "450481100", "450481"
AREAS = f"name,label,level\n{COUNTY},岑溪市,county\n{TOWN},归义镇,town\n{VILLAGE},甲村,village\n{GRID},甲村一格,grid\n"
ID = "01890a5d-ac96-774b-bcce-b302099a8057"


def read(filling: Filling, path: Path) -> Filled:
    return filled_in(read_instance(filling.instance), definition_in(path))


AGREEING = {
    "vacancies": {"posts": "2", "taken": "1", "age_from": "18", "age_to": "50"},
    "reported_values": {"holds_until": "2031-01-31"},
    "land_transfers": {"area_mu": "6.00", "N_givers": "1", "givers.mu": "6.00", "ends_on": "2031-01-31"},
}
"""Answers of forms whose rules hold several against each other: nobody guesses them one by one."""


@pytest.mark.parametrize("path", [EVERYTHING, *shipped()], ids=lambda path: path.stem)
def test_every_form_is_filled_by_the_engines_own_rules(engine: Engine, path: Path) -> None:
    form = form_of(path, version=3)
    filling = engine.fill(form.xml, AREAS, AGREEING.get(path.stem))
    assert filling.whole, (filling.code, [one for one in filling.answers if one[1] != "ok"])
    root = read_instance(filling.instance)
    head, filled = head_of(root), filled_in(root, definition_in(path))
    assert (head.code, head.ledger_version) == (form.code, 3)
    assert filled.area is not None
    required = {one.name for one in opening_fields(definition_in(path)) if one.required}
    assert required <= set(filled.values)


def test_the_answers_come_back_in_the_json_forms_of_the_ledger(engine: Engine) -> None:
    answers = {
        "AREA": GRID, "SUBJECT": ID, "agreed": "true", "head_count": "20", "fee": "1999.99", "seen_on": "2026-02-28",
        "seen_at": "23:05:00.000", "N_members": "2", "kind": "wages", "detail": "unpaid", "matter": "欠<&>“",
        "story": "第一行 \U00020000", "META": "m", "acres": "9999.999", "long_number": "-123456789012345",
        "share": "99.5", "needs": "a c", "nation": "08", "other_area": TOWN, "in_grid": GRID, "unit": "civil_affairs",
        "who": ID, "earlier": ID, "phone": "0774-8222222", "card": "11010519491231002X", "name": "示例甲",
        "home": "示例街1号", "place": "22.905123456 111.2050001 88.2 4.5", "photo": "a.jpg", "paper": "b.pdf",
        "sign": "c.png", "paid_on": "2026-03-01", "members.name": "示例乙", "members.kind": "spouse",
        "members.detail": "wife", "members.income": "0.1",
    }  # fmt: skip
    filling = engine.fill(form_of(EVERYTHING).xml, AREAS, answers)
    assert filling.whole, (filling.code, [one for one in filling.answers if one[1] != "ok"])
    filled = read(filling, EVERYTHING)
    member = {"name": "示例乙", "kind": "spouse", "detail": "wife", "income": 10}
    expected: dict[str, Any] = {
        "agreed": True, "head_count": 20, "fee": 199999, "seen_on": "2026-02-28", "seen_at": "23:05",
        "members": [member, member], "kind": "wages", "detail": "unpaid", "matter": "欠<&>“",
        "story": "第一行 \U00020000", "meta": "m", "acres": "9999.999", "long_number": -123456789012345,
        "share": "99.5", "needs": ["a", "c"], "nation": "08", "other_area": TOWN, "in_grid": GRID,
        "unit": "civil_affairs", "who": ID, "earlier": ID, "phone": "0774-8222222", "card": "11010519491231002X",
        "name": "示例甲", "home": "示例街1号", "place": {"longitude": 111.2050001, "latitude": 22.905123456},
        "photo": Attached("a.jpg"), "paper": Attached("b.pdf"), "sign": Attached("c.png"), "paid_on": "2026-03-01",
    }  # fmt: skip
    assert filled == Filled(GRID, ID, expected)


@pytest.mark.parametrize(
    ("node", "tried", "others"),
    [
        ("fee", ["0", "0.001", "1e3", "-1", "abc", "1234567890.13", "100.01"], {"head_count": "1"}),
        ("head_count", ["0", "21"], {}),
        ("acres", ["0", "0.0001", "10000", "1,5"], {}),
        ("share", ["-1", "100.01", "1.234"], {}),
        ("long_number", ["1.5", "1234567890123456"], {}),
        ("N_members", ["0", "4"], {}),
        ("seen_on", ["2025-12-31", "2999-01-01"], {}),
        ("paid_on", ["2026-01-04"], {"seen_on": "2026-01-05"}),
        ("matter", ["六个字的事由"], {}),
        ("phone", ["电话"], {}),
        ("SUBJECT", ["门牌", ID.upper()], {}),
    ],
    ids=lambda one: one if isinstance(one, str) else "",
)
def test_the_engine_holds_the_bounds_and_rules(
    engine: Engine, node: str, tried: list[str], others: dict[str, str]
) -> None:
    filling = engine.fill(form_of(EVERYTHING).xml, AREAS, others | {node: tried})
    assert filling.outcomes(node) == ["constraint"] * len(tried)
    assert not filling.whole


@pytest.mark.parametrize("node", ["AREA", "SUBJECT", "agreed", "fee", "kind", "detail", "name", "members.name"])
def test_what_is_required_cannot_be_left_out(engine: Engine, node: str) -> None:
    filling = engine.fill(form_of(EVERYTHING).xml, AREAS, {node: ""})
    assert filling.outcomes(node) == ["required"]
    assert not filling.whole


def test_a_choice_is_narrowed_by_the_one_above_it(engine: Engine) -> None:
    xml = form_of(EVERYTHING).xml
    assert engine.fill(xml, AREAS, {"kind": "wages", "detail": "border"}).outcomes("detail") == ["unfit"]
    assert engine.fill(xml, AREAS, {"kind": "wages"}).answers.count(("detail", "ok", "unpaid")) == 1
    assert engine.fill(xml, AREAS, {"members.kind": "spouse", "members.detail": "son"}).outcomes("members.detail") == [
        "unfit"
    ]
    assert engine.fill(xml, AREAS, {"kind": "old"}).outcomes("kind") == ["unfit"], "a retired choice is not offered"


def test_a_question_is_asked_only_where_a_rule_lets_it_be_filled(engine: Engine) -> None:
    xml = form_of(EVERYTHING).xml
    assert engine.fill(xml, AREAS, {"agreed": "true"}).outcomes("why_not") == []
    refused = engine.fill(xml, AREAS, {"agreed": "false", "why_not": ""})
    assert refused.outcomes("why_not") == ["required"]
    filled = read(engine.fill(xml, AREAS, {"agreed": "false", "why_not": "不在"}), EVERYTHING)
    assert filled.values["why_not"] == "不在"


def test_only_areas_of_the_ledgers_levels_are_offered(engine: Engine) -> None:
    outcomes = {
        area: engine.fill(form_of(EVERYTHING).xml, AREAS, {"AREA": area}).outcomes("AREA")
        for area in (GRID, VILLAGE, TOWN)
    }
    assert outcomes == {GRID: ["ok"], VILLAGE: ["ok"], TOWN: ["unfit"]}
