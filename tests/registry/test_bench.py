"""What `make bench` sends is accepted, so that a benchmark cannot rot unseen: it runs on another day than the tests."""

from itertools import count

import pytest

from tests.bench.post_person import A_DAY, PER_ROUND, bodies, filled, number
from tests.bench.registry_stage import ROUNDS
from tests.registry.conftest import Client


@pytest.mark.parametrize("first", [0, A_DAY - 1, PER_ROUND * (ROUNDS + 1) * 2 - 4])
async def test_persons_and_households_of_the_benches_are_accepted(county: None, client_of: Client, first: int) -> None:
    person, household = bodies()
    numbers = (number(n) for n in count(first))
    clerk = client_of("village_clerk", "450481100201")
    for path, body in (("persons", person), ("households", household)):
        answer = await clerk.post(
            f"/registry/v1/{path}",
            content=filled(body, numbers),
            headers={"content-type": "application/json", "idempotency-key": f"bench-{path}"},
        )
        assert answer.status_code == 201, answer.text


def test_no_number_comes_twice() -> None:
    wanted = PER_ROUND * (ROUNDS + 1) * 2
    assert len({number(n) for n in range(wanted)}) == wanted
