"""Two clerks decide on one transfer in the same moment, or on its person: on committed connections."""

import asyncio

from tests.registry.builders import COUNTY, FARTHER, VILLAGE, a_number
from tests.registry.conftest import Client, Events
from tests.registry.movements.test_books_agree import assert_books_agree
from tests.registry.steps import CLERK, FAR_CLERK, REGISTRAR, TRANSFERS, die, given, life_events, person_of, register
from tests.registry.transfers.asking import both, confirm, refuse, withdraw


async def test_two_clerks_confirm_at_once_and_one_of_them_does(client_of: Client, county: None, events: Events) -> None:
    clerk, number = client_of(*CLERK), a_number()
    person = (await register(clerk, document={"number": number}))["id"]
    made = await both(client_of(*FAR_CLERK), number)
    answers = await asyncio.gather(*(confirm(client_of(*CLERK, subject=f"clerk-{n}"), made) for n in range(4)))
    assert sorted(one.status_code for one in answers) == [200, 409, 409, 409]
    assert {one.json()["code"] for one in answers if one.status_code == 409} == {"transfer_decided"}
    assert len(await events("registry.transfer.confirmed", made["id"])) == 1
    assert len(await events("registry.person.moved_in", person)) == 1
    await assert_books_agree(client_of(*REGISTRAR), events)


async def test_of_confirmation_refusal_and_withdrawal_one_wins(client_of: Client, county: None, events: Events) -> None:
    clerk, far, number = client_of(*CLERK), client_of(*FAR_CLERK), a_number()
    person = (await register(clerk, document={"number": number}))["id"]
    for _ in range(4):
        made = await both(far, number)
        answers = await asyncio.gather(confirm(clerk, made), withdraw(far, made), refuse(clerk, made))
        codes = [one.status_code for one in answers]
        assert codes.count(200) == 1, [one.text for one in answers]
        assert set(codes) <= {200, 409}
        status = given(await client_of(*REGISTRAR).get(f"{TRANSFERS}/{made['id']}"))["status"]
        assert status == ("confirmed", "withdrawn", "refused")[codes.index(200)]
        moved = len(await life_events(client_of(*REGISTRAR), person)) == 2
        assert moved == (status == "confirmed")
        if moved:
            break
    await assert_books_agree(client_of(*REGISTRAR), events)


async def test_a_confirmation_and_a_death_at_once(client_of: Client, county: None, events: Events) -> None:
    """Either the person has moved and dies there, or has died here and goes nowhere."""
    clerk, registrar, number = client_of(*CLERK), client_of(*REGISTRAR), a_number()
    person = (await register(clerk, document={"number": number}))["id"]
    made = await both(client_of(*FAR_CLERK), number)
    confirmed, death = await asyncio.gather(confirm(clerk, made), die(registrar, person, "2026-03-12"))
    assert death.status_code == 200, death.text
    assert confirmed.status_code in (200, 409), confirmed.text
    shown = await person_of(registrar, person)
    assert (shown["status"], len(shown["residence"])) == ("deceased", 2 if confirmed.status_code == 200 else 1)
    await assert_books_agree(registrar, events)


async def test_of_two_villages_that_ask_for_one_person_the_second_asks_the_first(
    client_of: Client, county: None, events: Events
) -> None:
    """Confirmed both at once, the person ends up in one village; the other request waits for who holds them now."""
    clerk, registrar, number = client_of(*CLERK), client_of(*REGISTRAR), a_number()
    person = (await register(clerk, document={"number": number}))["id"]
    requests = [
        await both(client_of(*FAR_CLERK), number),
        await both(client_of("village_clerk", FARTHER), number, area=FARTHER),
    ]
    answers = await asyncio.gather(*(confirm(clerk, one) for one in requests))
    assert sorted(one.status_code for one in answers) == [200, 404], [one.text for one in answers]
    waiting = given(await registrar.get(TRANSFERS, params={"area": COUNTY, "side": "holding", "status": "requested"}))
    assert [one["person"]["id"] for one in waiting["items"]] == [person]
    asked = {"area": VILLAGE, "side": "holding", "status": "requested"}
    assert given(await clerk.get(f"{TRANSFERS}/count", params=asked))["count"] == 0
    await assert_books_agree(registrar, events)
