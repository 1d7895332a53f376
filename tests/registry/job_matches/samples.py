"""A job seeker, a vacancy and an offer for the tests that walk every endpoint."""

from itertools import count

from shared.testing.doors import Door, a_principal
from tests.registry.job_matches.labour import a_seeker, a_vacancy, publish

_numbers = count(1)


async def samples(door: Door, area: str) -> dict[str, str]:
    """Their ids, by the first segments of their paths; the offer is of another seeker and another vacancy."""
    await publish(door.kit.database, disclosed=False)
    async with door.client(a_principal("village_clerk", area)) as client:
        made = {}
        for word, ledger, value in (
            ("seeker", "job_seekers", a_seeker()),
            ("job-seekers", "job_seekers", a_seeker()),
            ("vacancy", "vacancies", a_vacancy()),
            ("vacancies", "vacancies", a_vacancy()),
        ):
            answer = await client.post(f"/ledgers/{ledger}/records", json={"area": area, "values": value})
            assert answer.status_code == 201, answer.text
            made[word] = answer.json()["id"]
        body = {"seeker_id": made["seeker"], "vacancy_id": made["vacancy"], "number": f"TJ-S{next(_numbers)}"}
        offer = await client.post("/job-offers", json=body)
        assert offer.status_code == 201, offer.text
    ids = {word: made[word] for word in ("job-seekers", "vacancies")}
    return {**ids, "job-offers": offer.json()["offer"]["id"]}
