"""What every use case of an area set does: lock it, move it with its members, record the version, announce it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import orjson

from services.registry.area_sets.domain import (
    AreaSetFields,
    AreaSetHallClosed,
    AreaSetHeadLeft,
    AreaSetKnown,
    AreaSetMemberTaken,
    AreaSetStep,
    Membership,
    held_by,
    is_open,
    overlapping,
    read_members,
    written_members,
)
from services.registry.area_sets.models import AreaSet, AreaSetVersion
from services.registry.area_sets.repository import AreaSetRepository
from services.registry.areas.repository import AreaRepository
from services.registry.facilities.domain import OPEN
from services.registry.facilities.repository import FacilityRepository
from services.registry.facilities.service.handling import READ as READ_FACILITY
from services.registry.life_events.domain import Place
from services.registry.life_events.service import Arrival, Placement
from services.registry.terms.domain import IN_OFFICE
from services.registry.terms.repository import TermRepository
from services.registry.terms.service.handling import READ as READ_TERM
from shared.auth.access_log import Detail
from shared.auth.principal import Principal
from shared.clock import today
from shared.contracts.envelope import Fact
from shared.contracts.registry.area_sets import EXCLUSIVE, AreaSetKind, AreaSetState, SetMember
from shared.db.compare_and_set import Seen, compare_and_set, require_version
from shared.errors import NotFound
from shared.messaging.context import UseCaseContext
from shared.reference.areas import village_of

MANAGE, READ = "area_set.manage", "area_set.read"
RECORDED = ("area", "kind", "name", "hall_id", "head_id", "status", "formed_on", "dissolved_on")
"""Columns of a version; its members stand beside them."""


@dataclass(frozen=True, slots=True)
class ShownSet:
    """A set with its members of all days, in the order in which they came."""

    id: UUID
    version: int
    values: Mapping[str, Any]
    members: Sequence[Membership]


def shown(one: AreaSet, members: Sequence[Membership]) -> ShownSet:
    """A set as it is."""
    return ShownSet(one.id, one.version, {name: getattr(one, name) for name in RECORDED}, members)


def was(version: AreaSetVersion) -> ShownSet:
    """What a set was at a version."""
    values = read_back(version.content)
    members = values.pop("members")
    return ShownSet(version.area_set_id, version.version, values, members)


def read_back(content: Mapping[str, Any]) -> dict[str, Any]:
    """The columns of a recorded version, in the types of the table, and its members."""
    read = dict(content)
    for name in ("formed_on", "dissolved_on"):
        read[name] = read[name] and date.fromisoformat(read[name])
    for name in ("hall_id", "head_id"):
        read[name] = read[name] and UUID(read[name])
    read["members"] = read_members(read["members"])
    return read


def state_of(one: AreaSet, members: Iterable[Membership]) -> AreaSetState:
    """State of a set."""
    names = [name for name in AreaSetState.model_fields if name != "members"]
    told = [SetMember(area=member.area, since=member.since, until=member.until) for member in members]
    return AreaSetState.model_validate({name: getattr(one, name) for name in names} | {"members": told})


class AreaSetHandling:
    """Handling of one set for its use cases."""

    def __init__(self, context: UseCaseContext) -> None:
        self._session = context.session
        self._clock = context.clock
        self._outbox = context.outbox
        self._access = context.access
        self._areas = AreaRepository(context.session)
        self._placement = Placement(context.session)
        self._facilities = FacilityRepository(context.session)
        self._terms = TermRepository(context.session)
        self.sets = AreaSetRepository(context.session)

    async def locked(self, principal: Principal, id: UUID, expected: Seen) -> tuple[AreaSet, Sequence[Membership]]:
        """One that the caller may change, locked, and its members. Raises `NotFound`, `VersionMismatch`.

        Areas, hall and head that the use case asks for are locked before, as changes of areas lock them before sets.
        """
        await self.sets.lock()
        one = await self.sets.locked(id)
        if one is None:
            raise NotFound(id)
        principal.scope(MANAGE).require(one.area)
        require_version(one, expected)
        return one, (await self.sets.members([id]))[id]

    async def hold(self, members: Sequence[Membership]) -> None:
        """Hold the villages of who belongs to a set now, before it is locked."""
        await self._areas.villages({village_of(one.area) for one in members if is_open(one)})

    async def check_areas(self, members: Iterable[tuple[str, str]], on: date) -> None:
        """Raises `UnknownArea`, `UnknownGrid`, `NotYet` unless each area, by its path, exists today and on the day."""
        days = (on, today(self._clock))
        arrivals = [Arrival(Place(area, "registered"), None, day, path) for path, area in members for day in days]
        await self._placement.check(arrivals)

    async def check_served(self, principal: Principal, new: AreaSetFields, before: AreaSetFields | None = None) -> None:
        """Hall and head, unless they stay the same: known to the caller, open and in office.

        Raises `NotFound`, `AreaSetHallClosed`, `AreaSetHeadLeft`.
        """
        if new.hall_id is not None and (before is None or new.hall_id != before.hall_id):
            hall = await self._facilities.locked(new.hall_id, only_read=True)
            if hall is None or not principal.scope(READ_FACILITY).allows(hall.area):
                raise NotFound.at("hall_id", subject=new.hall_id)
            if hall.status != OPEN:
                raise AreaSetHallClosed.at("hall_id", subject=new.hall_id)
        if new.head_id is not None and (before is None or new.head_id != before.head_id):
            head = await self._terms.get(new.head_id)
            if head is None or not principal.scope(READ_TERM).allows(head.area):
                raise NotFound.at("head_id", subject=new.head_id)
            if head.status != IN_OFFICE:
                raise AreaSetHeadLeft.at("head_id", subject=new.head_id)

    async def require_alone(self, id: UUID, area: str, kind: str, compared: str) -> None:
        """Raises `AreaSetKnown` if another one in use of the kind has the name in the same area."""
        if await self.sets.known(area, kind, compared, but=id):
            raise AreaSetKnown.at("name")

    async def require_free(self, id: UUID, kind: str, members: Sequence[tuple[str, Membership]]) -> None:
        """Raises `AreaSetMemberTaken` for those, by their paths, that another set of the kind has on a same day."""
        if AreaSetKind(kind) not in EXCLUSIVE or not members:
            return
        others = await self.sets.meeting(kind, {one.area for _, one in members}, but=id)
        if taken := [path for path, one in members if any(overlapping(one, other) for other in others)]:
            raise AreaSetMemberTaken.at(*taken)

    async def form(self, principal: Principal, new: AreaSet, members: Sequence[Membership]) -> None:
        """A new one; its first version."""
        await self.sets.add(new)
        await self.sets.set_members(new.id, members)
        await self._record(principal.subject, new, members, AreaSetStep.FORMED, None)

    async def move(
        self,
        by: str | None,
        seen: AreaSet,
        step: AreaSetStep,
        before: int | None,
        members: Sequence[Membership],
        **changes: Any,
    ) -> AreaSet:
        """The next version. `before`: the version that an undo of it brings back."""
        area = held_by(members, seen.area)
        moved = await compare_and_set(self._session, seen, **({"area": area} | changes))
        assert moved is not None, "the row is locked"
        await self.sets.set_members(seen.id, members)
        await self._record(by, moved, members, step, before)
        return moved

    async def follow(self, seen: AreaSet, step: AreaSetStep, members: Sequence[Membership]) -> AreaSet:
        """What a change of areas makes of it: what an undo brings back stays what it was."""
        before = (await self.sets.history.get(seen.id, seen.version)).before
        return await self.move(None, seen, step, before, members)

    def announce(self, one: AreaSet, members: Sequence[Membership], fact: type[Fact[AreaSetState]]) -> None:
        self._outbox.add(fact(state=state_of(one, members)))

    def done(
        self,
        principal: Principal,
        action: str,
        one: AreaSet,
        members: Sequence[Membership],
        fact: type[Fact[AreaSetState]],
    ) -> ShownSet:
        """Announce it and note who did it."""
        self.announce(one, members, fact)
        self._access.note(
            principal,
            action=action,
            noun="registry.area_set",
            object_id=one.id,
            area=one.area,
            detail=Detail.WRITE,
            role=principal.role_in(MANAGE, one.area),
        )
        return shown(one, members)

    async def _record(
        self, by: str | None, now: AreaSet, members: Sequence[Membership], step: AreaSetStep, before: int | None
    ) -> None:
        content = {name: getattr(now, name) for name in RECORDED} | {"members": written_members(members)}
        await self.sets.history.record(
            now.id,
            version=now.version,
            step=str(step),
            before=before,
            content=orjson.loads(orjson.dumps(content, default=str)),
            done_by=by,
            done_at=self._clock.now(),
        )


def numbered(members: Sequence[Membership]) -> list[tuple[str, Membership]]:
    """Memberships by their paths."""
    return [(f"members.{number}", one) for number, one in enumerate(members)]


def open_areas(members: Sequence[Membership]) -> list[tuple[str, str]]:
    """Areas that belong to a set now, by their paths."""
    return [(path, one.area) for path, one in numbered(members) if is_open(one)]
