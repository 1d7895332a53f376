"""A phone's whole way with the phone's own engine: the form is fetched, filled in by JavaRosa, and sent."""

from pathlib import Path

import pytest

from shared.db.engine import Database
from shared.ledgers.forms.drawing.form import opening_fields
from shared.ledgers.grammar.words import ATTACHED, FieldType
from shared.testing.clock import FrozenClock
from shared.testing.databases import ServiceDatabase
from shared.testing.doors import Door
from tests.grid.builders import CLERK, VILLAGE
from tests.javarosa.engine import Engine
from tests.shared.ledgers.doors import door_of
from tests.shared.ledgers.forms.conftest import Phone
from tests.shared.ledgers.forms.conftest import arrivals as arrivals
from tests.shared.ledgers.forms.conftest import enrol as enrol
from tests.shared.ledgers.forms.conftest import phone as phone
from tests.shared.ledgers.forms.conftest import service_name as service_name
from tests.shared.ledgers.forms.conftest import villages as villages
from tests.shared.ledgers.forms.ledgers import definition_in, shipped
from tests.shared.ledgers.records.conftest import Published
from tests.shared.ledgers.records.test_attachments import JPEG

pytestmark = [pytest.mark.java, pytest.mark.xdist_group("java")]

CAPTURED = [path for path in shipped() if definition_in(path).access.captured_in_field]
DAY = "2026-03-02"


@pytest.fixture
def door(committed: Database, service_database: ServiceDatabase, clock: FrozenClock, tmp_path: Path) -> Door:
    return door_of(committed, service_database, clock, files=str(tmp_path))


def test_five_ledgers_that_ship_are_captured_in_the_field() -> None:
    found = {path.stem for path in CAPTURED}
    assert found == {
        *("disputes", "let_house_checks", "campaign_targets", "sanitation_rounds", "infrastructure_assets"),
    }
    assert {definition_in(path).owner for path in CAPTURED} == {"grid", "registry"}


@pytest.mark.parametrize("path", CAPTURED, ids=lambda path: path.stem)
async def test_what_javarosa_fills_in_arrives_once(
    engine: Engine, door: Door, phone: Phone, committed: Database, path: Path
) -> None:
    """The form of each ledger that ships and is captured in the field, with its photo where it has one.

    All by grid's door: what is done with a form is the kit's, whoever owns the ledger.
    """
    text = path.read_text(encoding="utf-8").replace(f"owner: {definition_in(path).owner}\n", "owner: grid\n")
    await Published(committed).publish(text)
    xml = (await phone.ask("GET", f"forms/{path.stem}/form.xml")).text
    areas = (await phone.ask("GET", f"forms/{path.stem}/areas.csv")).text
    fields = {one.name: one.type for one in opening_fields(definition_in(path))}
    told = {name: DAY for name, type_ in fields.items() if type_ is FieldType.DATE}
    told |= {name: f"{name}.jpg" for name, type_ in fields.items() if type_ in ATTACHED}
    filling = engine.fill(xml, areas, {**told, "parties.name": "示例甲"})
    assert filling.whole, filling.answers
    files = {name: JPEG for name in told.values() if name != DAY}
    answers = [await phone.send(filling.instance, files) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [201] * 3, answers[0].text
    at = f"/ledgers/{path.stem}/records"
    async with door.client(CLERK) as client:
        (record,) = (await client.get(at)).json()["items"]
        whole = (await client.get(f"{at}/{record['id']}", params={"view": "full", "purpose": "case_handling"})).json()
    assert whole["area"] == VILLAGE
    assert {name for name in told if whole["values"].get(name) is not None} == told.keys()
    assert {whole["values"][name] for name, given in told.items() if given == DAY} == {DAY}
