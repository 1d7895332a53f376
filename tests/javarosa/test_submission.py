"""A phone's whole way with the phone's own engine: the form is fetched, filled in by JavaRosa, and sent."""

import pytest

from shared.testing.doors import Door
from tests.grid.builders import CLERK, VILLAGE
from tests.javarosa.engine import Engine
from tests.shared.ledgers.forms.conftest import Phone
from tests.shared.ledgers.forms.conftest import arrivals as arrivals
from tests.shared.ledgers.forms.conftest import enrol as enrol
from tests.shared.ledgers.forms.conftest import phone as phone
from tests.shared.ledgers.forms.conftest import service_name as service_name
from tests.shared.ledgers.forms.conftest import villages as villages
from tests.shared.ledgers.forms.test_whole import door as door
from tests.shared.ledgers.forms.test_whole import ledgers as ledgers
from tests.shared.ledgers.records.conftest import Published

pytestmark = [pytest.mark.java, pytest.mark.xdist_group("java")]


async def test_what_javarosa_fills_in_arrives_once(
    engine: Engine, door: Door, ledgers: Published, phone: Phone
) -> None:
    xml = (await phone.ask("GET", "forms/disputes/form.xml")).text
    areas = (await phone.ask("GET", "forms/disputes/areas.csv")).text
    filling = engine.fill(xml, areas, {"found_on": "2026-03-02", "parties.name": "示例甲"})
    assert filling.whole, filling.answers
    answers = [await phone.send(filling.instance) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [201] * 3, answers[0].text
    async with door.client(CLERK) as client:
        (record,) = (await client.get("/ledgers/disputes/records")).json()["items"]
    assert (record["area"], record["values"]["found_on"]) == (VILLAGE, "2026-03-02")
