"""What of a marriage or divorce is told so that it does not fit, and undone after its move got another day."""

import pytest
from httpx import AsyncClient

from tests.registry.builders import FAR, VILLAGE
from tests.registry.conftest import Client, Events
from tests.registry.marriages.marrying import a_man, a_woman, divorce, married, now_in, of_one, of_two, take_back
from tests.registry.movements.test_books_agree import assert_books_agree
from tests.registry.steps import CLERK, REGISTRAR, assert_refused, given, last_event, person_of, reverse

FAR_AWAY = {"residence": {"area": FAR}, "registration": {"area": FAR}}


@pytest.fixture
def registrar(client_of: Client, county: None) -> AsyncClient:
    return client_of(*REGISTRAR)


async def test_who_leaves_a_living_household_does_not_leave_it_for_a_legal_one(client_of: Client, county: None) -> None:
    """Else both would still live together, and the divorce be said to be complete."""
    clerk = client_of(*CLERK)
    man, woman, sister = await a_man(clerk), await a_woman(clerk), await a_woman(clerk, birth_date="1995-05-17")
    living = await of_two(clerk, man, woman, "12", kind="living")
    legal = await of_one(clerk, sister)
    made = await married(clerk, man, woman)
    told = {"kind": "living", "person_id": woman, "household_id": legal["id"], "relation": "99"}
    named = [("households.0.household_id", "household_not_shared")]
    assert_refused(await divorce(clerk, made, told), "household_not_shared", named)
    assert await now_in(clerk, living) == {man: "02", woman: "12"}


async def test_a_marriage_whose_move_got_another_day_is_withdrawn_with_the_move(
    registrar: AsyncClient, events: Events
) -> None:
    man, woman = await a_man(registrar), await a_woman(registrar, **FAR_AWAY)
    legal, hers = await of_one(registrar, man), await of_one(registrar, woman, area=FAR)
    joins = {"person_id": woman, "household_id": legal["id"], "relation": "12"}
    made = await married(registrar, man, woman, households=[joins], households_on="2026-03-02")
    move = await last_event(registrar, woman)
    given(await reverse(registrar, woman, move, reason="wrong_day", corrected_on="2026-02-20"), 201)
    assert (await person_of(registrar, woman))["registration"][-1]["area"] == VILLAGE
    given(await take_back(registrar, made, "withdraw"))
    assert [one["area"] for one in (await person_of(registrar, woman))["registration"]] == [FAR]
    assert (await now_in(registrar, legal), await now_in(registrar, hers)) == ({man: "02"}, {woman: "02"})
    await assert_books_agree(registrar, events)
