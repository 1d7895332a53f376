"""Tags that a list or a granted case starts, ends or holds open: for trusted doors, which have locked the person."""

from datetime import date

from services.registry.persons.domain import PersonRecord
from services.registry.tags.domain import Family, TagAlreadyEnded, require_level
from services.registry.tags.repository import TagRecord, TagRepository
from services.registry.tags.service.announcing import ENDED, REOPENED, STARTED, state_of
from services.registry.tags.service.tags import require_fit
from shared.clock import today
from shared.ids import new_id
from shared.messaging.context import UseCaseContext

LIST = "list"
"""Source of a tag that a list started."""
CASE = "case"
"""Source of a tag that a granted case started."""


class TagListing:
    """Use cases of care tags without a principal: the source of the list was authorised for its kind and area."""

    def __init__(self, context: UseCaseContext) -> None:
        self._outbox = context.outbox
        self._clock = context.clock
        self._tags = TagRepository(context.session)

    async def start(
        self, person: PersonRecord, code: str, level: str | None, started_on: date, *, source: str = LIST
    ) -> TagRecord:
        """Start a tag of somebody alive and in the register. Raises as `require_fit`, and `UnknownTagLevel`."""
        require_fit(person, Family.CARE, code, started_on, today=today(self._clock))
        require_level(code, level)
        tag = TagRecord(
            id=new_id(),
            version=1,
            person_id=person.id,
            family=str(Family.CARE),
            code=code,
            level=level,
            source=source,
            started_on=started_on,
            ended_on=None,
        )
        await self._tags.add([tag], now=self._clock.now())
        self._outbox.add(STARTED[Family.CARE](state=state_of(tag, person)))
        return tag

    async def end(self, person: PersonRecord, tag: TagRecord, on: date) -> None:
        """End a tag. Raises `TagAlreadyEnded`."""
        ended = await self._tags.end(tag, max(on, tag.started_on), now=self._clock.now())
        if ended is None:
            raise TagAlreadyEnded(tag.id)
        self._outbox.add(ENDED[Family.CARE](state=state_of(ended, person)))

    async def reopen(self, person: PersonRecord, tag: TagRecord) -> None:
        """Take the end of a tag back. Raises as `require_fit`, and by its constraint `TagAlreadyOpen`."""
        require_fit(person, Family.CARE, tag.code, tag.started_on, today=today(self._clock))
        open_again = await self._tags.set_end(tag, None, by=None)
        if open_again is None:
            raise TagAlreadyEnded(tag.id)
        self._outbox.add(REOPENED[Family.CARE](state=state_of(open_again, person)))
