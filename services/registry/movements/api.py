"""Movements over HTTP: in, out, and deaths. A birth is `POST /persons` with the entry `birth`."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Response

from services.registry.deps import Registry
from services.registry.households.domain import LEAVING
from services.registry.life_events.domain import (
    HAPPENING,
    PLACING,
    MaternalDeathOfMan,
    PersonAlreadyActive,
    PersonNotActive,
    PersonNotMissing,
)
from services.registry.life_events.schemas import LifeEventsView, LifeEventView
from services.registry.movements.schemas import Absence, Death, MoveIn, MoveOut
from services.registry.persons.schemas import PersonView
from services.registry.persons.service.disclosures import Disclosed
from services.registry.postings.domain import BookOfAnotherPlace
from shared.http.endpoint import reads, step
from shared.http.etag import Expected, etag_of
from shared.http.route import ServiceRoute
from shared.http.security import Authorised

router = APIRouter(route_class=ServiceRoute, tags=["movements"])

PersonId = Annotated[UUID, Path(description="居民标识 id of the person in the register")]


@router.get(
    "/persons/{id}/life-events",
    **reads(
        "listLifeEvents",
        "人口事项记录",
        "某位居民登记过的全部人口事项，已撤销的也在内，按登记先后排列。",
        permission="person.read",
    ),
)
async def history(id: PersonId, principal: Authorised, registry: Registry) -> LifeEventsView:
    """All life events of a person in the order of recording, those that were taken back too."""
    return LifeEventsView(items=[LifeEventView.of(one) for one in await registry.movements.history(principal, id)])


@router.post(
    "/persons/{id}/move-in",
    **step(
        "movePersonIn",
        "迁入",
        "已登记的居民迁入：来自县外，或来自本县其他村。",
        permission="life_event.record",
        refuses=(*HAPPENING, BookOfAnotherPlace, *LEAVING, *PLACING, PersonAlreadyActive),
    ),
)
async def move_in(
    id: PersonId, body: MoveIn, expected: Expected, principal: Authorised, registry: Registry, response: Response
) -> PersonView:
    """Move a registered person in, from elsewhere or from another village of the county."""
    person = await registry.movements.move_in(
        principal,
        id,
        occurred_on=body.occurred_on,
        reported_on=body.reported_on,
        residence=body.residence.place() if body.residence else None,
        registration=body.registration.place() if body.registration else None,
        succession=body.succession(),
        expected=expected,
    )
    return _view(person, response)


@router.post(
    "/persons/{id}/move-out",
    **step(
        "movePersonOut",
        "迁出",
        "居民迁出本县。户主迁出而户内仍有成员的，须指定新户主。",
        permission="life_event.record",
        refuses=(*HAPPENING, BookOfAnotherPlace, *LEAVING, PersonNotActive),
    ),
)
async def move_out(
    id: PersonId, body: MoveOut, expected: Expected, principal: Authorised, registry: Registry, response: Response
) -> PersonView:
    """Move a person out of the county. If a head leaves members behind, the new head is named."""
    person = await registry.movements.move_out(
        principal,
        id,
        occurred_on=body.occurred_on,
        reported_on=body.reported_on,
        books=frozenset(body.books),
        succession=body.succession(),
        expected=expected,
    )
    return _view(person, response)


@router.post(
    "/persons/{id}/death",
    **step(
        "recordDeath",
        "死亡登记",
        "死亡登记；居住、户籍、户成员关系和标签随之终止。",
        permission="life_event.record",
        refuses=(*HAPPENING, BookOfAnotherPlace, *LEAVING, MaternalDeathOfMan),
    ),
)
async def die(
    id: PersonId, body: Death, expected: Expected, principal: Authorised, registry: Registry, response: Response
) -> PersonView:
    """Record a death. Spans, memberships and tags end."""
    person = await registry.movements.die(
        principal,
        id,
        occurred_on=body.occurred_on,
        reported_on=body.reported_on,
        maternal=body.maternal,
        succession=body.succession(),
        expected=expected,
    )
    return _view(person, response)


@router.post(
    "/persons/{id}/missing",
    **step(
        "recordMissing",
        "失踪登记",
        "下落不明的居民登记失踪；居住、户籍和户成员关系不变，走访任务取消。",
        permission="life_event.record",
        refuses=(*HAPPENING, PersonNotActive),
    ),
)
async def miss(
    id: PersonId, body: Absence, expected: Expected, principal: Authorised, registry: Registry, response: Response
) -> PersonView:
    """Record that nobody knows where somebody is. Books and household stay as they are; due visits are cancelled."""
    person = await registry.movements.miss(
        principal, id, occurred_on=body.occurred_on, reported_on=body.reported_on, expected=expected
    )
    return _view(person, response)


@router.post(
    "/persons/{id}/found",
    **step(
        "recordFound",
        "寻回登记",
        "失踪的居民已寻回。",
        permission="life_event.record",
        refuses=(*HAPPENING, PersonNotMissing),
    ),
)
async def find(
    id: PersonId, body: Absence, expected: Expected, principal: Authorised, registry: Registry, response: Response
) -> PersonView:
    """Record that somebody who was missing was found."""
    person = await registry.movements.find(
        principal, id, occurred_on=body.occurred_on, reported_on=body.reported_on, expected=expected
    )
    return _view(person, response)


def _view(person: Disclosed, response: Response) -> PersonView:
    response.headers["ETag"] = etag_of(person.record.version, "masked")
    return PersonView.of(person)
