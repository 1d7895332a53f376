"""Asking by the number of a document: on record before the answer, and limited, whether it finds somebody or not."""

from services.services_hall.app import create_app
from services.services_hall.settings import Settings
from shared.db.engine import Database
from shared.testing.clock import FrozenClock
from shared.testing.databases import ServiceDatabase
from shared.testing.doors import Door
from shared.testing.settings import settings_for
from tests.services_hall.case_erasures.conftest import CLERK, Bring
from tests.services_hall.case_erasures.samples import DOCUMENT
from tests.services_hall.case_erasures.test_runs import ask, does
from tests.services_hall.conftest import OTHER_VILLAGE, VILLAGE, refusal

NOBODYS = {"type": "citizen_id", "number": "45048119900307019X"}


def questions(door: Door) -> list[tuple[str, str | None, str | None, str | None]]:
    """Who asked by a number, where, and what of; the number stands nowhere."""
    noted = [one for one in door.accesses.entries if one.action == "search_case_erasure"]
    assert not any(DOCUMENT["number"] in str(one) or NOBODYS["number"] in str(one) for one in noted)
    return [(one.subject, one.area, one.object_id, one.role) for one in noted]


async def test_a_number_that_finds_nobody_is_on_record_like_one_that_finds_somebody(typed: Bring, door: Door) -> None:
    await typed("withdrawn")
    for document in (DOCUMENT, NOBODYS):
        answer = await ask(door, document=document)
        assert (answer.status_code == 201) is (document is DOCUMENT), answer.text
    mine = (CLERK.subject, VILLAGE, None, "village_clerk")
    assert questions(door) == [mine, mine]
    assert refusal(await ask(door, area=OTHER_VILLAGE, document=NOBODYS))[0] == 404  # nothing is looked for there
    assert (await ask(door)).status_code == 409  # a term asks of nobody
    assert questions(door) == [mine, mine]


async def test_numbers_are_not_tried_one_after_the_other(
    committed: Database, service_database: ServiceDatabase, clock: FrozenClock, typed: Bring
) -> None:
    """Found, withdrawn and asked for again: a question that leaves nothing behind is counted all the same."""
    settings = settings_for("services_hall", service_database.service_url, rate_per_minute=3)
    assert isinstance(settings, Settings)
    door = Door(create_app(settings, clock=clock, database=committed))
    await typed("withdrawn")
    asked = []
    for document in (DOCUMENT, NOBODYS, DOCUMENT, NOBODYS, DOCUMENT):
        answer = await ask(door, document=document)
        asked.append(answer.status_code)
        if answer.status_code == 201:
            assert (await does(door, answer.json(), "withdraw", CLERK)).status_code == 200
    assert asked == [201, 409, 201, 429, 429]
    assert len(questions(door)) == 3
