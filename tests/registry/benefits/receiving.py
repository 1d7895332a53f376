"""Benefits that tests begin with: a list makes one, so its row is written."""

from datetime import date
from typing import Any
from uuid import UUID

from httpx import AsyncClient, Response

from services.registry.benefits.domain import BenefitRecord
from services.registry.benefits.repository import BenefitRepository
from shared.db.engine import Database
from shared.ids import new_id
from shared.testing.clock import FrozenClock
from tests.registry.builders import COUNTY, VILLAGE
from tests.registry.steps import BENEFITS, Json, all_pages, given, register, start_tag

SOURCE, OTHER_SOURCE = "urn:county:450481:civil-affairs", "urn:county:450481:town-office"
SINCE = date(2026, 2, 1)


async def receives(
    client: AsyncClient, committed: Database, *, area: str = VILLAGE, tag: Json | None = None, **what: Any
) -> tuple[Json, Json]:
    """The tag of somebody in the area and the id of a benefit that the newest list has no more."""
    home = {"residence": {"area": area}, "registration": {"area": area}}
    if tag is None:
        person = (await register(client, **home))["id"]
        tag = await start_tag(client, person, "minimum_living", on=str(SINCE))
    nothing: Json = dict.fromkeys(("level", "monthly_fen", "ended_on", "reason", "decided_by", "decided_at"))
    fields: Json = {
        "kind": "minimum_living",
        "source": SOURCE,
        "status": "missing",
        "since": SINCE,
        "missing_on": date(2026, 3, 1),
        **nothing,
    }
    one = BenefitRecord(
        id=new_id(),
        version=1,
        person_id=UUID(tag["person_id"]),
        area=COUNTY,
        list_id="DB-2026-02",
        as_of=date(2026, 2, 10),
        tag_id=UUID(tag["id"]),
        tag_ended=False,
        recorded_at=FrozenClock().now(),
        **(fields | what),
    )
    async with committed.session() as session:
        await BenefitRepository(session).add(one)
        await session.commit()
    return tag, {"id": str(one.id)}


async def stepped(client: AsyncClient, benefit: Json, verb: str, **how: Any) -> Response:
    """The answer to a step; one back is taken with the version that is shown unless another is given."""
    path = f"{BENEFITS}/{benefit['id']}"
    headers = how.pop("headers", None)
    if verb == "reopen" and headers is None:
        headers = {"if-match": (await client.get(path)).headers.get("etag", '"1"')}
    return await client.post(f"{path}/{verb}", json=how or None, headers=headers)


async def shown(client: AsyncClient, benefit: Json) -> Json:
    """A benefit as it is."""
    return given(await client.get(f"{BENEFITS}/{benefit['id']}"))


async def listed(client: AsyncClient, area: str, **wanted: str) -> list[str]:
    """Ids of the benefits of an area, page by page; the count says as many."""
    rows = await all_pages(client, BENEFITS, area=area, limit=1, **wanted)
    count = given(await client.get(f"{BENEFITS}/count", params={"area": area, **wanted}))
    assert count == {"count": len(rows)}
    return [one["id"] for one in rows]
