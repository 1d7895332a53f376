"""Ratings (好差评): given by a signed link, entered as somebody said it, taken back, read."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hmac import compare_digest
from typing import Protocol
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.services_hall.cases.domain.refusals import ApplicantErased
from services.services_hall.cases.models import Case
from services.services_hall.cases.repository import CaseRepository
from services.services_hall.cases.service.deadlines import Deadlines
from services.services_hall.items.repository import ItemRepository
from services.services_hall.ratings.domain import (
    HANDLE,
    MAC,
    MILESTONES,
    READ,
    RECORD,
    VALID_FOR,
    GivenRating,
    RatedContact,
    RatingByHandler,
    RatingContactNotYet,
    RatingFilter,
    RatingGivenAlready,
    RatingLinkOver,
    RatingNotEntered,
    parts_of,
    require_transition,
    signed,
    token_of,
)
from services.services_hall.ratings.models import Rating, RatingLink
from services.services_hall.ratings.repository import RatingRepository
from shared.auth.access_log import Detail, Purpose, SystemActor
from shared.auth.principal import Principal
from shared.clock import business_day, today
from shared.contracts.services_hall.ratings import (
    RatingChannel,
    RatingContact,
    RatingGiven,
    RatingRestated,
    RatingState,
    RatingStatus,
    RatingWithdrawn,
)
from shared.db.compare_and_set import Seen, compare_and_set, require_version
from shared.errors import NotFound
from shared.ids import new_id
from shared.messaging.context import UseCaseContext
from shared.reference.satisfaction import LOWEST

KIND, REMARK = "rating_links.token", "ratings.remark"


class RatingFollower(Protocol):
    """What follows from a low rating."""

    async def given(self, rating: Rating) -> None:
        """A low rating was given."""

    async def withdrawn(self, rating: Rating) -> None:
        """It is taken back. Raises `RatingFollowed` if something was done about it."""


@dataclass(frozen=True, slots=True)
class IssuedLink:
    """A link and its token, which is told once."""

    link: RatingLink
    token: str = field(repr=False)


class Ratings:
    """Use cases of ratings. `follower`: what follows from a low one."""

    def __init__(self, context: UseCaseContext, follower: RatingFollower) -> None:
        self._session = context.session
        self._clock = context.clock
        self._outbox = context.outbox
        self._crypto = context.crypto
        self._access = context.access
        self._follower = follower
        self._deadlines = Deadlines(context.session)
        self._cases = CaseRepository(context.session)
        self._items = ItemRepository(context.session)
        self._ratings = RatingRepository(context.session)

    async def issue(self, principal: Principal, case_id: UUID, contact: RatingContact) -> IssuedLink:
        """A link for a contact that was; one that was made before serves no more.

        Raises `NotFound`, `RatingContactNotYet`, `RatingGivenAlready`.
        """
        case = await self._case(principal, case_id, HANDLE)
        _when(case, contact)
        if await self._ratings.of_contact(case_id, contact) is not None:
            raise RatingGivenAlready(case_id)
        now = self._clock.now()
        given = {"ends_at": now + VALID_FOR, "issued_by": principal.subject, "issued_at": now}
        link = await self._ratings.link_of_locked(case_id, contact)
        if link is None:
            link = RatingLink(id=new_id(), version=1, case_id=case_id, contact=str(contact), **given)
            await self._ratings.add(link)
        else:
            moved = await compare_and_set(self._session, link, **given)
            assert moved is not None, "the row is locked"
            link = moved
        self._note(principal, "issue_rating_link", case, HANDLE, Detail.WRITE)
        [digest, *_] = self._crypto.blind(KIND, signed(link.id, link.version))
        return IssuedLink(link, token_of(link.id, link.version, digest.digest))

    async def look(self, token: str) -> RatedContact:
        """What a link is about. Raises `NotFound` for what we did not sign, `RatingLinkOver`, `RatingContactNotYet`."""
        link, case = await self._opened(token)
        contact = RatingContact(link.contact)
        version = await self._items.version(case.item_id, case.item_version)
        assert version is not None, "by the foreign key"
        given = await self._ratings.of_contact(case.id, contact)
        level = None if given is None or given.channel_used != RatingChannel.LINK else given.level
        return RatedContact(version.name, contact, _when(case, contact), link.ends_at, level)

    async def rate(self, token: str, new: GivenRating) -> Rating:
        """评价, by who holds the link. Raises as `look`, and `RatingGivenAlready`."""
        await self._deadlines.hold()
        link, case = await self._opened(token, held=True)
        return await self._give(case, RatingContact(link.contact), RatingChannel.LINK, new, None)

    async def withdraw(self, token: str) -> Rating:
        """撤回, by who holds the link. Raises as `look`, `NotFound` if nothing was given by it, `RatingFollowed`."""
        link, case = await self._opened(token, held=True)
        rating = await self._ratings.of_contact(case.id, link.contact)
        if rating is None or rating.channel_used != RatingChannel.LINK:
            raise NotFound(link.id)
        return await self._take_back(rating, None)

    async def record(
        self, principal: Principal, case_id: UUID, contact: RatingContact, channel: RatingChannel, new: GivenRating
    ) -> Rating:
        """登记评价: what somebody said by phone or letter, by who did not handle the case.

        Raises `NotFound`, `RatingContactNotYet`, `RatingByHandler`, `RatingGivenAlready`, `ApplicantErased`.
        """
        await self._deadlines.hold()
        case = await self._case(principal, case_id, RECORD)
        await self._require_stranger(principal, case_id)
        if new.remark is not None and not await self._cases.keeps_applicant(case_id):
            raise ApplicantErased.at("remark")
        self._note(principal, "record_rating", case, RECORD, Detail.WRITE)
        return await self._give(case, contact, channel, new, principal.subject)

    async def take_back(self, principal: Principal, id: UUID, *, expected: Seen = None) -> Rating:
        """撤回登记: it was entered wrong; by who did not handle the case. Raises `NotFound`, `VersionMismatch`,
        `RatingNotEntered`, `RatingByHandler`, `RatingFollowed`, `RatingTransitionError`.
        """
        found = await self._ratings.get(id)
        case = None if found is None else await self._case(principal, found.case_id, RECORD)
        if (rating := await self._ratings.locked(id)) is None or case is None:
            raise NotFound(id)
        require_version(rating, expected)
        if rating.channel_used == RatingChannel.LINK:
            raise RatingNotEntered(id)
        await self._require_stranger(principal, case.id)
        self._note(principal, "take_back_rating", case, RECORD, Detail.WRITE)
        return await self._take_back(rating, principal.subject)

    async def read(self, principal: Principal, id: UUID) -> tuple[Rating, str | None]:
        """A rating with its remark; the look is recorded. Raises `NotFound`."""
        rating = await self._ratings.get(id)
        if rating is None:
            raise NotFound(id)
        principal.department_scope(READ).require(rating.area, rating.department)
        self._note(principal, "read_rating", rating, READ, Detail.FULL)
        sealed = rating.remark
        return rating, self._crypto.open(sealed, field=REMARK, owner=id) if sealed else None

    async def page(
        self, principal: Principal, area: str | None, wanted: RatingFilter, *, after: UUID | None, limit: int
    ) -> Sequence[Rating]:
        """Ratings in scope, the newest first, without remarks. Raises `NotFound` for an area outside."""
        return await self._ratings.page(principal.department_scope(READ, within=area), wanted, after=after, limit=limit)

    async def count(self, principal: Principal, area: str | None, wanted: RatingFilter) -> int:
        """How many the list has in all: the same predicate."""
        return await self._ratings.count(principal.department_scope(READ, within=area), wanted)

    async def _opened(self, token: str, *, held: bool = False) -> tuple[RatingLink, Case]:
        """A link and its case. `held`: both locked, the case first, as by whoever erases what is said of it."""
        parts = parts_of(token)
        link = None if parts is None else await self._ratings.link(parts[0])
        if parts is None or link is None:
            raise NotFound
        _, serial, digest = parts
        keys = self._crypto.blind(KIND, signed(link.id, serial))
        if not any(compare_digest(digest, key.digest[:MAC]) for key in keys):
            raise NotFound
        if held:
            await self._cases.locked_anywhere(link.case_id)
            link = await self._ratings.link_locked(link.id)
            assert link is not None, "links stay"
        if serial != link.version or self._clock.now() >= link.ends_at:
            raise RatingLinkOver(link.id)
        case = await self._cases.get(link.case_id)
        assert case is not None, "by the foreign key"
        if not await self._cases.keeps_applicant(case.id):  # what is said now would outlive what was erased
            raise RatingLinkOver(link.id)
        _when(case, RatingContact(link.contact))
        return link, case

    async def _give(
        self, case: Case, contact: RatingContact, channel: RatingChannel, new: GivenRating, by: str | None
    ) -> Rating:
        at, made, now = _when(case, contact), new_id(), self._clock.now()
        remark = new.remark and self._crypto.seal(new.remark, field=REMARK, owner=made)
        rating = Rating(
            id=made,
            version=1,
            case_id=case.id,
            area=case.area,
            department=case.department,
            category=case.category,
            contact=str(contact),
            contact_on=business_day(at),
            channel_used=str(channel),
            level=new.level,
            reasons=[str(one) for one in new.reasons],
            remark=remark,
            rated_on=today(self._clock),
            status=RatingStatus.VALID,
            given_at=now,
            entered_by=by,
        )
        await self._ratings.add(rating)
        if by is None:
            self._note(SystemActor("rating_link"), "rate", case, None, Detail.WRITE)
        self._outbox.add(RatingGiven(state=RatingState.model_validate(rating)))
        if rating.level in LOWEST:
            await self._follower.given(rating)
        return rating

    async def _take_back(self, rating: Rating, by: str | None) -> Rating:
        require_transition(rating.status, RatingStatus.WITHDRAWN)
        if rating.level in LOWEST:
            await self._follower.withdrawn(rating)
        moved = await compare_and_set(self._session, rating, status=str(RatingStatus.WITHDRAWN), changed_by=by)
        assert moved is not None, "the row is locked"
        self._outbox.add(RatingWithdrawn(state=RatingState.model_validate(moved)))
        return moved

    async def _require_stranger(self, principal: Principal, case: UUID) -> None:
        if await self._ratings.has_handled(case, principal.subject):
            raise RatingByHandler(case)

    async def _case(self, principal: Principal, id: UUID, permission: str) -> Case:
        """The case, locked, at whose counter or place the caller has a permission. Raises `NotFound`."""
        case = await self._cases.locked_anywhere(id)
        scope = principal.department_scope(permission)
        if case is None or not (scope.allows(case.area, case.department) or scope.allows(*case.place)):
            raise NotFound(id)
        return case

    def _note(
        self, actor: Principal | SystemActor, action: str, row: Case | Rating, permission: str | None, detail: Detail
    ) -> None:
        at = (row.area, row.department)
        role = actor.role_in(permission, *at) if isinstance(actor, Principal) and permission else None
        self._access.note(
            actor,
            action=action,
            noun="services_hall.case",
            object_id=row.case_id if isinstance(row, Rating) else row.id,
            area=row.area,
            purpose=Purpose.CASE_HANDLING,
            detail=detail,
            role=role,
        )


def _when(case: Case, contact: RatingContact) -> datetime:
    """When a contact was. Raises `RatingContactNotYet`."""
    at: datetime | None = getattr(case, MILESTONES[contact])
    if at is None:
        raise RatingContactNotYet(case.id)
    return at


async def restate(session: AsyncSession, after: str | None, limit: int) -> Sequence[RatingRestated]:
    """Restated facts of the next ratings, their rows locked."""
    rows = await RatingRepository(session).locked_after(UUID(after) if after else None, limit)
    return [RatingRestated(state=RatingState.model_validate(one)) for one in rows]
