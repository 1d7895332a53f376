"""Benefits that follow their persons through merges: what a list says of a duplicate, it says of the survivor."""

from uuid import UUID

from services.registry.benefits.domain import TAGS, BenefitStatus
from services.registry.benefits.repository import BenefitRepository
from services.registry.persons.domain import PersonRecord
from services.registry.tags.domain import Family
from services.registry.tags.repository import TagRepository
from shared.contracts.county.lists import ListKind
from shared.messaging.context import UseCaseContext


class BenefitFollowing:
    """An heir of merges, after the tags: a benefit is then one of the tag that was handed over."""

    def __init__(self, context: UseCaseContext) -> None:
        self._benefits = BenefitRepository(context.session)
        self._tags = TagRepository(context.session)

    async def hand_over(self, merged: PersonRecord, survivor: PersonRecord, *, event_id: UUID) -> None:
        """After a merge: what has not ended goes over, if no list of that source and kind has the survivor."""
        theirs = {(one.source, one.kind) for one in await self._benefits.of_person(survivor.id)}
        tags = {one.code: one.id for one in await self._tags.of(survivor.id, Family.CARE) if one.ended_on is None}
        for one in await self._benefits.locked_of(merged.id):
            if one.status == BenefitStatus.ENDED or (one.source, one.kind) in theirs:
                continue
            step = {"by": str(event_id), "from": str(merged.id), "tag": str(one.tag_id)}
            tag_id = tags.get(TAGS[ListKind(one.kind)], one.tag_id)
            await self._benefits.hand(one, person_id=survivor.id, tag_id=tag_id, handed=[*one.handed, step])

    async def take_back(self, survivor: PersonRecord, *, event_id: UUID) -> None:
        """Before a merge is taken back: what went over goes back, unless it ended or a list named the survivor since.

        The survivor is locked.
        """
        for one in await self._benefits.locked_of(survivor.id):
            if one.status == BenefitStatus.ENDED or not one.handed or one.handed[-1]["by"] != str(event_id):
                continue
            *before, step = one.handed
            await self._benefits.hand(one, person_id=UUID(step["from"]), tag_id=UUID(step["tag"]), handed=before)
