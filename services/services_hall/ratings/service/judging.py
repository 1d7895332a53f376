"""What follows for a rating from the review of an appeal (复核): it counts no more, or again."""

from uuid import UUID

from services.services_hall.ratings.domain import require_transition
from services.services_hall.ratings.models import Rating
from services.services_hall.ratings.repository import RatingRepository
from shared.contracts.envelope import Fact
from shared.contracts.services_hall.ratings import RatingOverturned, RatingRestored, RatingState, RatingStatus
from shared.db.compare_and_set import compare_and_set
from shared.messaging.context import UseCaseContext


class RatingJudging:
    """Use cases of who reviews. The right to it is asked by the caller."""

    def __init__(self, context: UseCaseContext) -> None:
        self._session = context.session
        self._outbox = context.outbox
        self._ratings = RatingRepository(context.session)

    async def overturn(self, id: UUID, by: str) -> Rating:
        """It was mistaken or malicious: it does not count."""
        return await self._move(id, RatingStatus.OVERTURNED, RatingOverturned, by)

    async def restore(self, id: UUID, by: str) -> Rating:
        """It counts again."""
        return await self._move(id, RatingStatus.VALID, RatingRestored, by)

    async def _move(self, id: UUID, to: RatingStatus, fact: type[Fact[RatingState]], by: str) -> Rating:
        rating = await self._ratings.locked(id)
        assert rating is not None, "by the foreign key"
        require_transition(rating.status, to)
        moved = await compare_and_set(self._session, rating, status=str(to), changed_by=by)
        assert moved is not None, "the row is locked"
        self._outbox.add(fact(state=RatingState.model_validate(moved)))
        return moved
