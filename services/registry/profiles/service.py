"""Use case of community profiles (社区概况): read one, as the caller may see it."""

from dataclasses import dataclass
from datetime import date

from services.registry.areas.repository import AreaRepository
from services.registry.profiles.domain import Counts, by_age, by_sex
from services.registry.profiles.repository import ProfileRepository
from services.registry.tags.domain import Family
from shared.auth.principal import Principal
from shared.clock import today
from shared.errors import NotFound
from shared.messaging.context import UseCaseContext
from shared.reference.areas import VILLAGE_DIGITS

READ, RESTRICTED = "profile.read", "tag.restricted"
LISTS = ("person.read", "tag.read")
"""Who has these besides may read the lists of people, and is told every cell."""


@dataclass(frozen=True, slots=True)
class Profile:
    """What an area has today, and whether the caller may read the lists of its people."""

    name: str | None
    on: date
    counts: Counts
    exact: bool


class Profiles:
    """Reading of community profiles. Nobody is looked at: nothing is noted."""

    def __init__(self, context: UseCaseContext) -> None:
        self._clock = context.clock
        self._areas = AreaRepository(context.session)
        self._profiles = ProfileRepository(context.session)

    async def read(self, principal: Principal, area: str) -> Profile:
        """What lies in an area and in the caller's scope. Raises `NotFound` for an area outside, or that never was."""
        inside = principal.scope(READ, within=area)
        known = await self._areas.get(area)
        if known is None and len(area) <= VILLAGE_DIGITS:
            raise NotFound(area)
        scope, within = principal.scope(READ), principal.through_the_tree(area)
        lists, restricted = principal.scope(READ, *LISTS), principal.scope(READ, RESTRICTED)
        exact = all(lists.allows(one) for one in inside.areas)
        if exact:
            scope = lists  # who belongs here only by a grant without lists is in no list of the caller's either
        day = today(self._clock)
        born = await self._profiles.born(scope, within)
        standing = await self._profiles.standing(scope, within)
        tags = await self._profiles.tags(scope, within, Family.CARE, day)
        secret = None
        if all(restricted.allows(one) for one in inside.areas):
            secret = await self._profiles.tags(restricted, within, Family.SENSITIVE, day)
        dwellings = await self._profiles.dwellings(inside)
        opened = await self._profiles.facilities(inside)
        counts = Counts(
            residents=sum(one.many for one in born),
            residents_missing=standing.residents_missing,
            registered=standing.registered,
            registered_missing=standing.registered_missing,
            by_sex=by_sex(born),
            by_age=by_age(born, day),
            households=await self._profiles.households(inside),
            tags=tags,
            restricted_tags=secret,
            buildings=await self._profiles.buildings(inside),
            dwellings=sum(dwellings.values()),
            dwellings_by_use={use: count for use, count in dwellings.items() if use is not None},
            organisations=await self._profiles.organisations(inside),
            facilities=opened.kinds,
            needs=opened.needs,
            floor_area=opened.floor_area,
        )
        return Profile(None if known is None else known.name, day, counts, exact)
