"""Two people move one pair, or one of its persons, in the same moment: on committed connections."""

import asyncio

from tests.registry.conftest import Client, Events
from tests.registry.movements.test_books_agree import assert_books_agree
from tests.registry.steps import DUPLICATES, REGISTRAR, die, given, move_out, person_of, proposed, register


async def test_of_approvals_refusals_and_withdrawals_one_wins(client_of: Client, county: None, events: Events) -> None:
    client, other = client_of(*REGISTRAR, subject="one"), client_of(*REGISTRAR, subject="two")
    one, survivor = [(await register(client))["id"] for _ in range(2)]
    pair = await proposed(client, one, survivor)
    path = f"{DUPLICATES}/{pair['id']}"
    answers = await asyncio.gather(
        other.post(f"{path}/approve"),
        other.post(f"{path}/approve"),
        other.post(f"{path}/refuse", json={"reason": "other"}),
        client.post(f"{path}/withdraw"),
    )
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409]
    merged = (await person_of(client, one))["status"] == "merged"
    assert merged == (given(await client.get(path))["status"] == "same")
    assert len(await events("registry.person.merged")) == int(merged)
    await assert_books_agree(client, events)


async def test_a_merge_and_a_death_or_move_of_the_merged_one_at_once(
    client_of: Client, county: None, events: Events
) -> None:
    """Either the merge is first, and nothing happens to the merged one any more; or what happened counts."""
    client, other = client_of(*REGISTRAR, subject="one"), client_of(*REGISTRAR, subject="two")
    for happen, codes in ((die, {(200, 409), (409, 200)}), (move_out, {(200, 409), (200, 200)})):
        one, survivor = [(await register(client))["id"] for _ in range(2)]
        pair = await proposed(client, one, survivor)
        approved, happened = await asyncio.gather(
            other.post(f"{DUPLICATES}/{pair['id']}/approve"), happen(client, one, "2026-03-01")
        )
        assert (approved.status_code, happened.status_code) in codes, (approved.text, happened.text)
        status = (await person_of(client, one))["status"]
        assert status == ("merged" if approved.status_code == 200 else "deceased")
    await assert_books_agree(client, events)


async def test_two_merges_crosswise_at_once_leave_one_of_both(client_of: Client, county: None, events: Events) -> None:
    """A into B, B into C and C into A, approved in the same moment: somebody is left, and the books know who."""
    client, other = client_of(*REGISTRAR, subject="one"), client_of(*REGISTRAR, subject="two")
    people = [(await register(client))["id"] for _ in range(3)]
    pairs = [await proposed(client, people[number], people[(number + 1) % 3]) for number in range(3)]
    answers = await asyncio.gather(*(other.post(f"{DUPLICATES}/{pair['id']}/approve") for pair in pairs))
    statuses = [(await person_of(client, person))["status"] for person in people]
    assert sorted(answer.status_code for answer in answers) == [200, 200, 409] or statuses.count("merged") == 1
    assert statuses.count("active") == 3 - sum(answer.status_code == 200 for answer in answers) >= 1
    await assert_books_agree(client, events)
