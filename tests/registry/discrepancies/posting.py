"""What tests of discrepancies do: falsify the ledger, check it, and say in short what was found."""

from uuid import UUID

from httpx import AsyncClient
from sqlalchemy import text

from shared.db.engine import Database
from shared.ids import new_id
from tests.registry.builders import COUNTY, TODAY
from tests.registry.steps import DISCREPANCIES, Json, given


async def post(committed: Database, person_id: str, area: str, amount: int, book: str = "residence") -> None:
    """A line that no event accounts for: as a fault would leave it, or somebody with the database's own tools."""
    async with committed.session() as session:
        await session.execute(
            text(
                "INSERT INTO postings (id, person_id, book, kind, area, amount, occurred_on, posted_on)"
                " VALUES (:id, :person, :book, 'correction', :area, :amount, :day, :day)"
            ),
            {
                "id": new_id(),
                "person": UUID(person_id),
                "book": book,
                "area": area,
                "amount": amount,
                "day": TODAY,
            },
        )
        await session.commit()


async def check(client: AsyncClient, area: str = COUNTY) -> int:
    """A check of an area now: how many differ."""
    number: int = given(await client.post(f"{DISCREPANCIES}/check", json={"area": area}))["count"]
    return number


def said(found: list[Json]) -> list[tuple[str, str, int, int, str]]:
    """What a list says of each: village, book, the two numbers, status."""
    return sorted((one["area"], one["book"], one["ledger"], one["stock"], one["status"]) for one in found)
