"""Who is at work (在岗): posts at which officers signed on, and who may take which task."""

from collections.abc import Sequence

from services.services_hall.cases.domain.codes import CasePost, Desk
from services.services_hall.cases.models import CaseDesk
from services.services_hall.tasks.domain import ON_POST, PERMISSION, READ
from services.services_hall.tasks.models import OfficerPost
from services.services_hall.tasks.repository.officers import OfficerRepository
from shared.auth.principal import Principal
from shared.auth.roles import AT_THE_COUNTER, ROLES
from shared.auth.scope import is_inside
from shared.clock import today
from shared.messaging.context import UseCaseContext
from shared.reference.areas import COUNTY_DIGITS


class Officers:
    """Use cases of posts. What an officer may do is the token's; a post only says to whom a task may be given."""

    def __init__(self, context: UseCaseContext) -> None:
        self._clock = context.clock
        self._officers = OfficerRepository(context.session)

    async def sign_on(self, principal: Principal) -> Sequence[OfficerPost]:
        """上岗签到: at every post of the caller at a counter, for thirty days; earlier ones are forgotten."""
        now = self._clock.now()
        await self._officers.set_posts(principal.subject, principal.posts(AT_THE_COUNTER), now)
        return await self._officers.posts_of(principal.subject, now - ON_POST)

    async def sign_off(self, principal: Principal) -> Sequence[OfficerPost]:
        """离岗签退: nothing is given to the caller any more; what the caller works on stays."""
        await self._officers.set_posts(principal.subject, (), self._clock.now())
        return []

    async def at(self, principal: Principal, area: str, department: str) -> Sequence[OfficerPost]:
        """Who is at work for an area and department today, for whoever sees its tasks. Raises `NotFound`."""
        principal.department_scope(READ).require(area, department)
        away = await self._officers.absent(today(self._clock))
        posts = await self._officers.posts_over(area, department, self._clock.now() - ON_POST)
        return [one for one in posts if one.officer not in away]

    async def may_take(self, officer: str, task: CaseDesk) -> bool:
        """Whether an officer signed on at a post that may take a task."""
        return _may_take(await self.posts_of(officer), task)

    async def posts_of(self, officer: str) -> Sequence[OfficerPost]:
        """Where an officer is at work; nowhere for who has not signed on."""
        return await self._officers.posts_of(officer, self._clock.now() - ON_POST)

    async def is_absent(self, officer: str) -> bool:
        """Whether an officer is away today."""
        return officer in await self._officers.absent(today(self._clock))


def post_of(task: CaseDesk) -> CasePost:
    """The post for which a task waits."""
    assert task.post is not None, "tasks without are made anew before anybody sees them"
    return CasePost(task.post)


def _may_take(posts: Sequence[OfficerPost], task: CaseDesk) -> bool:
    return any(_fits(one, task) for one in posts)


def _fits(one: OfficerPost, task: CaseDesk) -> bool:
    level = COUNTY_DIGITS if task.kind == Desk.ASKED else len(task.area)
    here = is_inside(task.area, one.area) and len(one.area) <= level
    return here and one.department in ("", task.department) and PERMISSION[post_of(task)] in ROLES[one.role]
