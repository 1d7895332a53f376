"""A job seeker, a vacancy and an offer for the tests that walk every endpoint."""

from itertools import count

from shared.testing.doors import Door, a_principal
from tests.registry.job_matches.labour import a_seeker, a_vacancy, publish

_numbers = count(1)


async def samples(door: Door, area: str) -> dict[str, str]:
    """Their ids, by the first segments of their paths."""
    await publish(door.kit.database)
    async with door.client(a_principal("village_clerk", area)) as client:
        ids = {}
        for word, ledger, values in (
            ("job-seekers", "job_seekers", a_seeker()),
            ("vacancies", "vacancies", a_vacancy()),
        ):
            made = await client.post(f"/ledgers/{ledger}/records", json={"area": area, "values": values})
            assert made.status_code == 201, made.text
            ids[word] = made.json()["id"]
        body = {"seeker_id": ids["job-seekers"], "vacancy_id": ids["vacancies"], "number": f"TJ-S{next(_numbers)}"}
        offer = await client.post("/job-offers", json=body)
        assert offer.status_code == 201, offer.text
    return {**ids, "job-offers": offer.json()["offer"]["id"]}
