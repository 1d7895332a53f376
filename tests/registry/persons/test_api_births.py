"""Births with place, attendance and parents, deaths of infants and mothers: in the event, and on the ledger's lines."""

from datetime import date
from typing import Any

import pytest

from services.registry.life_events.domain import EventHistory, LifeEvent, LifeEventKind, Place
from shared.contracts.registry.postings import PostingMark
from shared.ids import new_id
from tests.registry.builders import BOOKS_OPENED_ON, FAR, VILLAGE, a_person
from tests.registry.conftest import Client, Events
from tests.registry.steps import (
    CLERK,
    PERSONS,
    REGISTRAR,
    Json,
    all_pages,
    assert_not_found,
    assert_refused,
    die,
    given,
    last_event,
    life_events,
    register,
    reverse,
)

BORN: dict[str, Any] = {
    "entry": "birth",
    "occurred_on": "2026-03-10",
    "birth_date": "2026-03-10",
    "name": "覃小宝",
    "document": None,
}


async def marks(events: Events, kind: str) -> list[tuple[str, int, list[str]]]:
    found = [one["state"] for one in await events("registry.posting.") if one["state"]["kind"] == kind]
    return [(one["book"], one["amount"], one["marks"]) for one in found]


async def test_a_birth_says_where_by_whom_and_of_whom(client_of: Client, county: None, events: Events) -> None:
    clerk = client_of(*CLERK)
    mother = await register(clerk, birth_date="1998-01-05")
    father = await register(clerk, sex="1", birth_date="1996-01-05", name="覃大山")
    delivery = {
        "place": "facility",
        "attendance": "trained",
        "mother_id": mother["id"],
        "father_id": father["id"],
    }
    child = await register(clerk, **BORN, delivery=delivery)
    (born,) = await life_events(clerk, child["id"])
    assert (born["kind"], born["delivery"], born["maternal"]) == ("birth", delivery, False)
    wanted = ["delivered_in_facility", "attended"]
    assert await marks(events, "birth") == [("residence", 1, wanted), ("registration", 1, wanted)]
    told = [one["action"] for one in await all_pages(client_of(*REGISTRAR), f"{PERSONS}/{mother['id']}/accesses")]
    assert told == ["name_parent", "register"]
    # with another day it is still the same delivery
    given(await reverse(clerk, child["id"], born["id"], corrected_on="2026-03-09"), 201)
    assert (await life_events(clerk, child["id"]))[-1]["delivery"] == delivery
    assert [one[1:] for one in await marks(events, "birth")][2:] == [
        (-1, wanted),
        (-1, wanted),
        (1, wanted),
        (1, wanted),
    ]


async def test_somebody_who_cannot_be_the_parent_is_refused(client_of: Client, county: None, events: Events) -> None:
    clerk = client_of(*CLERK)
    man = (await register(clerk, sex="1", birth_date="1996-01-05", name="覃大山"))["id"]
    woman = (await register(clerk, birth_date="1998-01-05"))["id"]
    younger = (await register(clerk, **{**BORN, "name": "覃二宝"}, sex="2"))["id"]
    before = await events()
    for delivery, paths in (
        ({"mother_id": man}, ["delivery.mother_id"]),
        ({"father_id": woman, "mother_id": man}, ["delivery.father_id", "delivery.mother_id"]),
        ({"mother_id": younger}, ["delivery.mother_id"]),
    ):
        answer = await clerk.post(PERSONS, json=a_person(**BORN, delivery=delivery))
        assert_refused(answer, "parent_disagrees", [(path, "parent_disagrees") for path in paths])
    answer = await clerk.post(PERSONS, json=a_person(delivery={"place": "home"}))
    assert_refused(answer, "invalid_request", [("delivery", "only_birth")])
    assert await events() == before


async def test_a_parent_elsewhere_is_answered_as_nobody(client_of: Client, county: None) -> None:
    far = {"residence": {"area": FAR}, "registration": {"area": FAR}}
    stranger = (await register(client_of(*REGISTRAR), birth_date="1998-01-05", **far))["id"]
    for asked in (stranger, str(new_id())):
        answer = await client_of(*CLERK).post(PERSONS, json=a_person(**BORN, delivery={"mother_id": asked}))
        assert_not_found(answer, "delivery.mother_id")


async def test_a_maternal_death_is_that_of_a_woman(client_of: Client, county: None, events: Events) -> None:
    clerk = client_of(*CLERK)
    man = (await register(clerk, sex="1", birth_date="1996-01-05", name="覃大山"))["id"]
    woman = (await register(clerk, birth_date="1998-01-05"))["id"]
    assert_refused(
        await die(clerk, man, "2026-03-01", maternal=True),
        "maternal_death_of_man",
        [("maternal", "maternal_death_of_man")],
    )
    given(await die(clerk, woman, "2026-03-01", maternal=True))
    assert (await life_events(clerk, woman))[-1]["maternal"] is True
    assert await marks(events, "death") == [("residence", -1, ["maternal"]), ("registration", -1, ["maternal"])]
    shown = given(await clerk.get("/registry/v1/postings", params=_book()))["items"]
    assert [one["marks"] for one in shown if one["kind"] == "death"] == [["maternal"]]


def _book() -> Json:
    return {"area": VILLAGE, "book": "residence", "from": "2026-01-01", "to": "2026-03-31"}


async def test_the_death_of_an_infant_is_marked_and_the_mark_goes_with_it(
    client_of: Client, county: None, events: Events
) -> None:
    clerk = client_of(*CLERK)
    child = (await register(clerk, **BORN))["id"]
    given(await die(clerk, child, "2026-03-12"))
    assert [one[1:] for one in await marks(events, "death")] == [(-1, ["infant"]), (-1, ["infant"])]
    given(await reverse(clerk, child, await last_event(clerk, child), corrected_on="2026-03-11"), 201)
    assert sorted(one[1] for one in await marks(events, "death")) == [-1, -1, -1, -1, 1, 1]
    assert {tuple(one[2]) for one in await marks(events, "death")} == {("infant",)}


@pytest.mark.parametrize(
    ("born", "died", "infant"),
    [
        ("2025-03-10", "2026-03-09", True),
        ("2025-03-10", "2026-03-10", False),
        ("2024-02-29", "2025-02-28", True),
        ("2024-02-29", "2025-03-01", False),
    ],
)
def test_an_infant_has_not_lived_to_the_first_birthday(born: str, died: str, infant: bool) -> None:
    birth, death = date.fromisoformat(born), date.fromisoformat(died)
    place = Place(VILLAGE, "registered")
    events = [
        LifeEvent(new_id(), LifeEventKind.ENROLLED, birth, birth, 1, residence=place),
        LifeEvent(new_id(), LifeEventKind.DEATH, death, death, 2),
    ]
    history = EventHistory.of(events, books_opened_on=BOOKS_OPENED_ON, birth_date=birth)
    assert history.entries[-1].marks == ((PostingMark.INFANT,) if infant else ())
