"""For whom nobody speaks any more, and what comes back with no life event, or with a merge."""

from tests.registry.conftest import Client
from tests.registry.consents.giving import (
    at_the_counter,
    minor,
    of_person,
    recorded,
    undo,
    withdraw,
    withdraw_there,
)
from tests.registry.consents.test_following import SECOND, UNDOCUMENTED, merged, stands
from tests.registry.steps import (
    CLERK,
    REGISTRAR,
    assert_not_found,
    assert_refused,
    die,
    found,
    given,
    last_event,
    move_out,
    register,
    undone,
)


async def test_a_parent_does_not_speak_for_a_grown_child(client_of: Client, county: None) -> None:
    """Nor learns whether that one has consented to something."""
    clerk = client_of(*CLERK)
    counter, proof, mother = await at_the_counter(client_of, birth_date="1960-05-17")
    child = await register(clerk, birth_date="1990-05-17", name="覃大宝")
    members = ({"relation": "02", "person_id": mother["id"]}, {"relation": "30", "person_id": child["id"]})
    await found(clerk, *members)
    held = await recorded(clerk, child)
    for purpose in ("publicity", "finance"):
        assert_not_found(await withdraw_there(counter, proof, purpose=purpose, **minor(child)), "ward.person_id")
    assert await stands(clerk, held) == ("valid", None)


async def test_a_parent_withdraws_nothing_that_somebody_of_fourteen_gave_alone(client_of: Client, county: None) -> None:
    clerk = client_of(*CLERK)
    counter, proof, mother = await at_the_counter(client_of, birth_date="1960-05-17")
    child = await register(clerk, birth_date="2012-03-01", name="覃小宝")
    members = ({"relation": "02", "person_id": mother["id"]}, {"relation": "30", "person_id": child["id"]})
    await found(clerk, *members)
    alone = await recorded(clerk, child)
    mothers = await recorded(
        clerk,
        child,
        purpose="activities",
        groups=["name"],
        given_on="2026-02-10",
        guardian={"incapacity": "minor", "person_id": mother["id"]},
    )
    for purpose in ("publicity", "finance"):
        refused = await withdraw_there(counter, proof, purpose=purpose, **minor(child))
        assert_refused(refused, "consent_transition_not_allowed")
    assert await stands(clerk, alone) == ("valid", None)
    given(await withdraw_there(counter, proof, purpose="activities", **minor(child)))
    assert (await stands(clerk, mothers))[0] == "withdrawn"


async def test_an_undo_after_the_death_holds_again_without_the_death(client_of: Client, county: None) -> None:
    client, second = client_of(*REGISTRAR), client_of(*REGISTRAR, **SECOND)
    person = await register(client)
    gone = await recorded(client, person)
    given(await withdraw(client, gone, "2026-03-03"))
    given(await die(client, person["id"], "2026-03-08"))
    assert given(await undo(client, gone))["status"] == "ended"
    await undone(client, second, person["id"], await last_event(client, person["id"]))
    assert await stands(client, gone) == ("valid", None)


async def test_what_was_given_and_withdrawn_on_one_day_is_not_brought_back_by_a_merge(
    client_of: Client, county: None
) -> None:
    client, second = client_of(*REGISTRAR), client_of(*REGISTRAR, **SECOND)
    survivor, double = await register(client), await register(client, name="韦小妹", **UNDOCUMENTED)
    refused = await recorded(client, survivor, given_on="2026-03-05")
    given(await withdraw(client, refused, "2026-03-05"))
    await recorded(client, double)
    await merged(client, second, double, survivor)
    assert [one["status"] for one in await of_person(client, survivor)] == ["withdrawn"]


async def test_who_has_left_withdraws_as_well_and_it_never_holds_again(client_of: Client, county: None) -> None:
    client, second = client_of(*REGISTRAR), client_of(*REGISTRAR, **SECOND)
    person = await register(client)
    held = await recorded(client, person)
    given(await move_out(client, person["id"], "2026-03-08"))
    assert given(await withdraw(client, held, "2026-03-12"))["ended_on"] == "2026-03-08"
    assert given(await undo(client, held))["status"] == "ended"
    given(await withdraw(client, held, "2026-03-12"))
    left = await last_event(client, person["id"])
    await undone(client, second, person["id"], left)
    assert await stands(client, held) == ("withdrawn", "2026-03-08")
    assert given(await undo(client, held))["status"] == "valid", "nobody had withdrawn it"
