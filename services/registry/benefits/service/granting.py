"""Benefits that a granted case of the hall brings (凭办件享受的待遇): held from a day on, with the tag that follows."""

from dataclasses import replace
from datetime import date
from uuid import UUID

from services.registry.benefits.domain import OF_HALL, TAGS, BenefitHeldAlready, BenefitRecord, BenefitStatus
from services.registry.benefits.repository import BenefitRepository
from services.registry.persons.domain import PersonRecord
from services.registry.tags.domain import Family, TagDatesWrong
from services.registry.tags.service.listing import CASE, TagListing
from services.registry.tags.service.tags import require_fit
from shared.clock import today
from shared.contracts.county.lists import ListKind
from shared.errors import VersionMismatch
from shared.ids import new_id
from shared.messaging.context import UseCaseContext


class BenefitGranting:
    """Granting of benefits, for a trusted door that has locked the person and asked for the place."""

    def __init__(self, context: UseCaseContext) -> None:
        self._clock = context.clock
        self._benefits = BenefitRepository(context.session)
        self._listing = TagListing(context)

    async def grant(self, person: PersonRecord, kind: ListKind, *, area: str, case_id: UUID, since: date) -> UUID:
        """The benefit, by a granted case: the department's lists have rows of their own beside it.

        Raises `BenefitHeldAlready` for one that an earlier case brought, `TagDatesWrong` for a day within a time in
        which the person had the tag already, and the refusals of a tag's start: `PersonDeceased`, `PersonNotActive`,
        `TagDoesNotFit`.
        """
        held = (await self._benefits.of_source(OF_HALL, str(kind), [person.id])).get(person.id)
        if held is not None and held.status == BenefitStatus.HELD:
            raise BenefitHeldAlready(held.id)
        tag_id = await self._tag(person, TAGS[kind], since)
        granted = BenefitRecord(
            id=new_id() if held is None else held.id,
            version=1 if held is None else held.version,
            person_id=person.id,
            kind=str(kind),
            source=OF_HALL,
            area=area,
            list_id=str(case_id),
            as_of=since,
            since=since,
            level=None,
            monthly_fen=None,
            status=str(BenefitStatus.HELD),
            missing_on=None,
            tag_id=tag_id,
            ended_on=None,
            tag_ended=False,
            reason=None,
            decided_by=None,
            decided_at=None,
            recorded_at=self._clock.now() if held is None else held.recorded_at,
        )
        if held is None:
            await self._benefits.add(granted)
        elif await self._benefits.move(held, replace(granted, handed=held.handed)) is None:
            raise VersionMismatch(held.id)
        return granted.id

    async def _tag(self, person: PersonRecord, code: str, since: date) -> UUID:
        """The tag that stands, or a new one. A tag that ended on its first day never was."""
        require_fit(person, Family.CARE, code, since, today=today(self._clock))
        mine = (await self._benefits.tags_of(code, [person.id])).get(person.id, ())
        stands = next((one for one in mine if one.ended_on is None), None)
        if stands is not None:
            return stands.id
        if any(one.ended_on is not None and one.started_on < one.ended_on > since for one in mine):
            raise TagDatesWrong.at("starts_on", subject=person.id)
        return (await self._listing.start(person, code, None, since, source=CASE)).id
