"""Queries of the matching of job seekers: the newest records near a place, and offers by the numbers they name.

Nothing reads all of a ledger: of each area the newest are looked at, of the home village more than of the town, of the
town more than of the rest of the county, and of each trade the newest wherever they lie. So a question costs as much
over a thousand records as over a hundred thousand.
"""

from collections.abc import Collection, Iterator, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Text, and_, case, func, literal, not_, or_, select, true, union
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.areas.models import Area
from services.registry.job_matches.domain.matches import OFFERS, SEEKERS, SEEKING
from shared.ledgers.records.models import LedgerIndex, LedgerRecord, LedgerRecordStep
from shared.reference.areas import COUNTY_DIGITS, TOWN_DIGITS

AT_HOME, IN_TOWN, ELSEWHERE, OF_TRADE = 100, 20, 5, 100
"""How many of the newest are looked at: of the home village, of each other one of its town, of each one elsewhere in
the county, and of each trade."""
MOST = 400
"""How many are weighed."""


class JobMatchRepository:
    """Records of the three ledgers, as matching looks for them."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def near(
        self,
        ledger: str,
        statuses: Collection[str],
        home: str,
        *,
        trade: tuple[str, Collection[str]] | None,
        fits: ColumnElement[bool],
        places: ColumnElement[bool],
        scope: ColumnElement[bool],
    ) -> Sequence[LedgerRecord]:
        """Records of a ledger in these statuses, the nearest and newest first, `MOST` at most.

        `trade`: the search field of a trade and its values, by which the newest are looked for everywhere. `fits`: what
        of them is wanted; `places`: areas (`Area.code`) that are looked through; `scope`: what may be seen.
        """
        found = [*_of_areas(ledger, statuses, home, places)]
        if trade is not None:
            found += [_of_trade(ledger, trade[0], value) for value in sorted(trade[1])]
        nearest = case(
            (LedgerRecord.area == home, 0),
            (func.left(LedgerRecord.area, TOWN_DIGITS) == home[:TOWN_DIGITS], 1),
            else_=2,
        )
        statement = (
            select(LedgerRecord)
            .where(LedgerRecord.id.in_(union(*found)), LedgerRecord.ledger == ledger)
            .where(LedgerRecord.status.in_(statuses), fits, scope)
            .order_by(nearest, LedgerRecord.id.desc())
            .limit(MOST)
        )
        return (await self._session.scalars(statement)).all()

    async def one(self, ledger: str, id: UUID) -> LedgerRecord | None:
        """A record of a ledger. The caller asks the scope."""
        statement = select(LedgerRecord).where(LedgerRecord.id == id, LedgerRecord.ledger == ledger)
        return (await self._session.scalars(statement)).one_or_none()

    async def offers_of(self, number: str, scope: ColumnElement[bool]) -> Sequence[LedgerRecord]:
        """Offers to the job seeker of a number, newest first."""
        return await self._naming(OFFERS, "seeker", number, scope)

    async def offers_for(self, number: str, scope: ColumnElement[bool]) -> Sequence[LedgerRecord]:
        """Offers of the vacancy of a number, newest first; the last five hundred."""
        return await self._naming(OFFERS, "vacancy", number, scope)

    async def seeker(self, number: str, scope: ColumnElement[bool]) -> LedgerRecord | None:
        """The job seeker who stands in the ledger under a number, the newest if there are several."""
        found = await self._naming(SEEKERS, "number", number, and_(scope, LedgerRecord.live))
        return found[0] if found else None

    async def before(self, record: LedgerRecord) -> str | None:
        """The status from which a record came to its present one; None if it began there."""
        statement = (
            select(LedgerRecordStep.status)
            .where(LedgerRecordStep.record_id == record.id, LedgerRecordStep.status != record.status)
            .order_by(LedgerRecordStep.version.desc())
            .limit(1)
        )
        found: str | None = await self._session.scalar(statement)
        return found

    async def _naming(self, ledger: str, field: str, value: str, scope: ColumnElement[bool]) -> Sequence[LedgerRecord]:
        statement = (
            select(LedgerRecord)
            .join(LedgerIndex, LedgerIndex.record_id == LedgerRecord.id)
            .where(LedgerIndex.ledger == ledger, LedgerIndex.field == field, LedgerIndex.text == value)
            .where(LedgerRecord.ledger == ledger, scope)
            .order_by(LedgerRecord.id.desc())
            .limit(500)
        )
        return (await self._session.scalars(statement, execution_options={"populate_existing": True})).all()


def wants(kind: str) -> ColumnElement[bool]:
    """Job seekers who want a trade, any, or do not say; or who can do it besides."""
    wanted = LedgerRecord.values["wanted"].astext
    return or_(wanted.is_(None), wanted.in_((kind, "any")), LedgerRecord.values["skills"].contains([kind]))


def offers(kinds: Collection[str]) -> ColumnElement[bool]:
    """Vacancies of these trades."""
    of: ColumnElement[bool] = LedgerRecord.values["kind"].astext.in_(kinds)
    return of


def is_seeking() -> ColumnElement[bool]:
    """Job seekers who look for work and can work."""
    able = LedgerRecord.values["able"].astext
    return and_(LedgerRecord.status.in_(SEEKING), or_(able.is_(None), able == "true"))


def _of_areas(ledger: str, statuses: Collection[str], home: str, places: ColumnElement[bool]) -> Iterator[Select[Any]]:
    """The newest of each area of the county and each status, out of the index of areas and statuses alone.

    How many is a constant of each statement: the planner would else take a tenth of the ledger for granted.
    """
    in_town = func.left(Area.code, TOWN_DIGITS) == home[:TOWN_DIGITS]
    in_county = func.left(Area.code, COUNTY_DIGITS) == home[:COUNTY_DIGITS]
    for most, where in (
        (AT_HOME, Area.code == home),
        (IN_TOWN, and_(in_town, Area.code != home)),
        (ELSEWHERE, and_(in_county, not_(in_town))),
    ):
        states = func.unnest(literal(sorted(statuses), ARRAY(Text()))).table_valued("status").render_derived()
        newest = (
            select(LedgerRecord.id)
            .where(
                LedgerRecord.ledger == ledger, LedgerRecord.area == Area.code, LedgerRecord.status == states.c.status
            )
            .order_by(LedgerRecord.id.desc())
            .limit(most)
            .correlate(Area, states)
            .lateral()
        )
        yield select(newest.c.id).select_from(Area).join(states, true()).join(newest, true()).where(where, places)


def _of_trade(ledger: str, field: str, value: str) -> Select[Any]:
    """The newest of one trade."""
    newest = (
        select(LedgerIndex.record_id)
        .where(LedgerIndex.ledger == ledger, LedgerIndex.field == field, LedgerIndex.text == value)
        .order_by(LedgerIndex.record_id.desc())
        .limit(OF_TRADE)
    )
    return select(newest.subquery().c.record_id)
