"""An extract opens a case for its person: one, at its own counter, for its own purpose, within ten minutes."""

import asyncio
import base64
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import httpx
import pytest

from services.services_hall.app import create_app
from services.services_hall.settings import Settings
from shared.crypto.extracts import ExtractWriter
from shared.db.engine import Database
from shared.ids import new_id
from shared.testing.clock import FrozenClock
from shared.testing.databases import ServiceDatabase
from shared.testing.doors import Door
from shared.testing.settings import EXTRACT_ENCRYPTION_KEY, EXTRACT_PRIVATE_KEY, EXTRACT_PUBLIC_KEY, settings_for
from tests.services_hall.conftest import (
    CLERK,
    COUNTY_OFFICER,
    NAME,
    NOT_FOUND,
    NUMBER,
    OTHER_VILLAGE,
    VILLAGE,
    WRITER,
    Facts,
    Submit,
    publish_item,
    refusal,
)

Extract = Callable[..., str]
NO_EXTRACT = (422, "extract_not_valid", "身份摘要无效或已过期")
OTHER_USE = (422, "extract_for_other_use", "身份摘要的用途或受理地与本次办件不符")
USED = (409, "extract_used", "身份摘要已用于另一办件")


@pytest.fixture
def ask(door: Door, person: UUID, item: str) -> Submit:
    """Hands in an extract as the county officer; the answer may be a refusal."""

    async def send(**what_matters: str) -> httpx.Response:
        async with door.client(COUNTY_OFFICER) as client:
            return await client.post("/cases", json={"item_id": item, "area": VILLAGE, **what_matters})

    return send


def key(byte: int) -> str:
    return base64.b64encode(bytes(range(byte, byte + 32))).decode()


STRANGER = ExtractWriter.parse(f"test:{key(2)}", EXTRACT_ENCRYPTION_KEY)
OTHER_NAME = ExtractWriter.parse(f"other:{key(2)}", EXTRACT_ENCRYPTION_KEY)
OTHER_SEAL = ExtractWriter.parse(EXTRACT_PRIVATE_KEY, f"test:{key(3)}")
UNKNOWN_SEAL = ExtractWriter.parse(EXTRACT_PRIVATE_KEY, f"other:{key(3)}")


async def test_an_extract_that_was_forged_or_meant_for_somebody_else_opens_no_case(
    ask: Submit, extract_of: Extract, person: UUID, facts: Facts
) -> None:
    good = extract_of(person)
    head, wrapped, nonce, sealed, tag = good.split(".")
    wrong = {
        "for grid": extract_of(person, audience="grid"),
        "for nobody": extract_of(person, audience=""),
        "another signing key of the same name": extract_of(person, writer=STRANGER),
        "a signing key that is not known": extract_of(person, writer=OTHER_NAME),
        "another encryption key of the same name": extract_of(person, writer=OTHER_SEAL),
        "an encryption key that is not known": extract_of(person, writer=UNKNOWN_SEAL),
        "other content": ".".join((head, wrapped, nonce, sealed[::-1], tag)),
        "another tag": ".".join((head, wrapped, nonce, sealed, tag[::-1])),
        "cut": good[:-4],
        "without its tag": f"{head}.{wrapped}.{nonce}.{sealed}.",
        "no token at all": "x" * 200,
    }
    for how, extract in wrong.items():
        answer = await ask(extract=extract)
        assert refusal(answer) == NO_EXTRACT, how
        assert extract not in answer.text
    assert await facts("services_hall.case") == []
    assert (await ask(extract=good)).status_code == 201


NOTHING_MORE = {"name": NAME, "document_type": None, "document_number": None, "phone": None}


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"name": NAME},
        {"name": NAME, "document_type": "citizen_id", "document_number": NUMBER},
        {**NOTHING_MORE, "name": None},
        {**NOTHING_MORE, "name": ""},
    ],
)
async def test_an_extract_that_says_too_little_opens_no_case(
    ask: Submit, extract_of: Extract, person: UUID, fields: dict[str, str | None]
) -> None:
    assert refusal(await ask(extract=extract_of(person, fields=fields))) == NO_EXTRACT


async def test_an_extract_of_somebody_without_a_document_opens_a_case(
    ask: Submit, extract_of: Extract, person: UUID
) -> None:
    assert (await ask(extract=extract_of(person, fields=NOTHING_MORE))).status_code == 201


@pytest.mark.parametrize("purpose", ["statistics", "visit", "self", "registration", ""])
async def test_an_extract_for_another_purpose_opens_no_case(
    ask: Submit, extract_of: Extract, person: UUID, purpose: str
) -> None:
    assert refusal(await ask(extract=extract_of(person, purpose=purpose))) == OTHER_USE


@pytest.mark.parametrize("place", [OTHER_VILLAGE, VILLAGE[:9], VILLAGE[:6], ""])
async def test_an_extract_serves_at_its_own_counter_alone(
    ask: Submit, extract_of: Extract, person: UUID, place: str
) -> None:
    assert refusal(await ask(extract=extract_of(person, place=place))) == OTHER_USE


async def test_one_extract_serves_one_case(
    door: Door, ask: Submit, extract_of: Extract, person: UUID, facts: Facts
) -> None:
    extract = extract_of(person)
    other = await publish_item(door, "OTHER-01")
    assert refusal(await ask(extract=extract, item_id=str(new_id()))) == NOT_FOUND
    assert (await ask(extract=extract)).status_code == 201, "what was refused has not used it"
    assert refusal(await ask(extract=extract)) == USED
    assert refusal(await ask(extract=extract, item_id=other)) == USED
    assert len(await facts("services_hall.case")) == 1
    assert (await ask(extract=extract_of(person))).json()["number"].endswith("0002"), "nor is a number lost"


async def test_of_five_who_hand_in_one_extract_at_once_one_opens_a_case(
    ask: Submit, extract_of: Extract, person: UUID, facts: Facts
) -> None:
    extract = extract_of(person)
    answers = await asyncio.gather(*(ask(extract=extract) for _ in range(5)))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409, 409]
    assert {refusal(answer) for answer in answers if answer.status_code == 409} == {USED}
    assert len(await facts("services_hall.case")) == 1


async def test_of_two_who_open_a_case_and_put_somebody_into_one_with_one_extract_at_once_one_does(
    door: Door, ask: Submit, extract_of: Extract, person: UUID, committed: Database
) -> None:
    """The applicants and the other persons of cases lie in two tables: no constraint spans both."""
    opened = (await ask(extract=extract_of(person))).json()["id"]
    for _ in range(5):
        extract = extract_of(person)

        async def join(extract: str = extract) -> httpx.Response:
            async with door.client(CLERK) as client:
                body = {"capacity": "household_member", "extract": extract}
                return await client.post(f"/cases/{opened}/persons", json=body)

        answers = await asyncio.gather(ask(extract=extract), join(), ask(extract=extract), join())
        assert sorted(answer.status_code < 300 for answer in answers) == [False, False, False, True]
        assert {refusal(answer) for answer in answers if answer.status_code >= 300} == {USED}


async def test_both_keys_rotate_while_cases_are_opened(
    committed: Database, service_database: ServiceDatabase, clock: FrozenClock, person: UUID, item: str,
    extract_of: Extract,
) -> None:  # fmt: skip
    """The hall knows the new keys before registry uses them, and the old ones until nothing is on its way."""
    new = ExtractWriter.parse(f"n:{key(7)}", f"n:{key(8)}")
    public = f"n:{base64.b64encode(new.public_keys()['n']).decode()}"
    rings = {
        "extract_public_keys": f"{EXTRACT_PUBLIC_KEY},{public}",
        "extract_encryption_keys": f"{EXTRACT_ENCRYPTION_KEY},n:{key(8)}",
    }
    only = {"extract_public_keys": public, "extract_encryption_keys": f"n:{key(8)}"}
    for known, taken in ((rings, [201, 201]), (only, [422, 201])):
        settings = settings_for("services_hall", service_database.service_url, **known)
        assert isinstance(settings, Settings)
        rotated = Door(create_app(settings, clock=clock, database=committed))
        async with rotated.client(CLERK) as client:
            for writer, status in zip((WRITER, new), taken, strict=True):
                body = {"item_id": item, "area": VILLAGE, "extract": extract_of(person, writer=writer)}
                assert (await client.post("/cases", json=body)).status_code == status


async def test_an_extract_holds_for_ten_minutes_and_not_from_the_future(
    ask: Submit, extract_of: Extract, person: UUID, clock: FrozenClock
) -> None:
    signed_at = clock.now()
    for seconds, status in ((-31, 422), (-30, 201), (0, 201), (599, 201), (600, 422), (86_400, 422)):
        clock.set(signed_at)
        extract = extract_of(person)
        clock.set(signed_at + timedelta(seconds=seconds))
        answer = await ask(extract=extract)
        assert answer.status_code == status, seconds
        if status == 422:
            assert refusal(answer) == NO_EXTRACT
