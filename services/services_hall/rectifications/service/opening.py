"""A low rating opens a rectification, and takes it along when it is taken back (`RatingFollower`)."""

from services.services_hall.ratings.domain import RatingFollowed
from services.services_hall.ratings.models import Rating
from services.services_hall.rectifications.domain import OPEN, WITHDRAWN, RectificationAction
from services.services_hall.rectifications.models import Rectification
from services.services_hall.rectifications.service.moving import RectificationMoving
from shared.contracts.services_hall.rectifications import RectificationOpened, RectificationWithdrawn
from shared.ids import new_id
from shared.messaging.context import UseCaseContext


class RectificationOpening:
    """`days`: working days of the county's limit."""

    def __init__(self, context: UseCaseContext, days: int) -> None:
        self._days = days
        self._moving = RectificationMoving(context)

    async def given(self, rating: Rating) -> None:
        """It is to be called back and put right, from the day of the rating on."""
        limit = await self._moving.limit(rating.rated_on, self._days)
        row = Rectification(
            id=new_id(),
            version=1,
            status=OPEN,
            rating_id=rating.id,
            case_id=rating.case_id,
            area=rating.area,
            department=rating.department,
            category=rating.category,
            former=[],
            days=self._days,
            opened_on=rating.rated_on,
            attempts=0,
            reopened=0,
            **limit,
        )
        await self._moving.begin(row, RectificationOpened)

    async def withdrawn(self, rating: Rating) -> None:
        """There is nothing to put right. Raises `RatingFollowed` once somebody was called back."""
        row = await self._moving.rectifications.of_rating_locked(rating.id)
        assert row is not None, "a low rating opened it"
        if row.status != OPEN:
            raise RatingFollowed(rating.id)
        given = {"status": str(WITHDRAWN)}
        await self._moving.move(row, RectificationAction.WITHDRAW, RectificationWithdrawn, given, by=None)
