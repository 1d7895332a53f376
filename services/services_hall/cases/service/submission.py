"""Submission of a case (办件) at a counter, for the person of an extract."""

import json
from uuid import UUID

from services.services_hall.cases.domain import (
    ExtractForOtherUse,
    ExtractRefused,
    ItemDoesNotAccept,
    UnknownCounter,
    case_number,
)
from services.services_hall.cases.models import Applicant, Case, CaseStep
from services.services_hall.cases.repository import CaseRepository
from services.services_hall.items.models import Item, ItemVersion
from services.services_hall.items.repository import ItemRepository
from shared.auth.access_log import Detail, Purpose
from shared.auth.principal import Principal
from shared.clock import business_day, today
from shared.contracts.registry.areas import AreaState
from shared.contracts.registry.persons import PersonState
from shared.contracts.services_hall.cases import CaseState, CaseStatus, CaseSubmitted
from shared.crypto.extracts import ExtractError, ExtractReader, VerifiedExtract
from shared.errors import NotFound, NotYet
from shared.ids import new_id
from shared.messaging.context import UseCaseContext
from shared.messaging.projection.states import projected

AUDIENCE = "services_hall"
"""For whom an extract must be made."""
NEEDED = frozenset({"name", "document_type", "document_number", "phone"})
"""What an extract must say of the applicant, if only that there is none."""


class CaseSubmission:
    """Use case of the counter. Without `extracts`, the reader of what registry seals, every extract is refused."""

    def __init__(self, context: UseCaseContext, extracts: ExtractReader | None) -> None:
        self._session = context.session
        self._clock = context.clock
        self._outbox = context.outbox
        self._crypto = context.crypto
        self._access = context.access
        self._extracts = extracts
        self._cases = CaseRepository(context.session)
        self._items = ItemRepository(context.session)

    async def submit(self, principal: Principal, *, item_id: UUID, area: str, extract: str) -> Case:
        """Open a case; it pins the item's newest published version.

        Raises `NotFound` (area outside scope, unknown item), `UnknownCounter`, `ItemDoesNotAccept`, `ExtractRefused`,
        `ExtractForOtherUse`, `NotYet` if the counter's area, or the person whom registry vouches for, has not arrived
        here; an extract that was used is refused by the database (`ExtractUsed`).
        """
        item, version = await self._accepting(principal, item_id, area)
        read = self._read(extract, area)
        person_id = read.person_id
        if await projected(self._session, PersonState, person_id) is None:
            raise NotYet(person_id, detail="底册刚刚登记此人，办事大厅尚未收到，请稍后重试。")
        now = self._clock.now()
        serial = await self._cases.next_serial(item.code, business_day(now))
        case = Case(
            id=new_id(),
            version=1,
            number=case_number(item.code, f"{business_day(now):%Y%m%d}", serial),
            item_id=item.id,
            item_version=version.number,
            department=item.department,
            category=item.category,
            area=area,
            person_id=person_id,
            status=CaseStatus.SUBMITTED,
            submitted_at=now,
            submitted_by=principal.subject,
            promised_days=version.promised_days,
            due_provisional=False,
            former=[],
        )
        self._cases.add(case)
        await self._session.flush()  # its step and its applicant refer to it
        self._cases.add(self._applicant(case, read))
        self._cases.add(
            CaseStep(case_id=case.id, version=1, step="submit", at=now, actor=principal.subject, reason=None)
        )
        self._access.note(
            principal,
            action="submit",
            noun="registry.person",
            object_id=person_id,
            area=area,
            purpose=Purpose.CASE_HANDLING,
            detail=Detail.WRITE,
            role=principal.role_in("case.submit", area, item.department),
        )
        self._outbox.add(CaseSubmitted(state=CaseState.model_validate(case)))
        return case

    async def _require_counter(self, area: str) -> None:
        state = await projected(self._session, AreaState, area)
        if state is None:
            raise NotYet(area, detail="尚未收到该地区的信息：若刚刚设立，请稍后重试；否则请核对代码。")
        day = today(self._clock)
        if not state.is_valid_on(day):
            raise UnknownCounter.at("area", subject=area)

    async def _accepting(self, principal: Principal, item_id: UUID, area: str) -> tuple[Item, ItemVersion]:
        """The item and the version that accepts cases at the level of the area, in the caller's scope."""
        found = await self._items.published(item_id)
        if found is None:
            raise NotFound(item_id)
        principal.department_scope("case.submit").require(area, found.item.department)
        await self._require_counter(area)
        if found.version is None or len(area) not in found.version.levels:
            raise ItemDoesNotAccept.at("item_id", subject=item_id)
        return found.item, found.version

    def _read(self, extract: str, area: str) -> VerifiedExtract:
        """What registry attests for a case at this counter, whole."""
        if self._extracts is None:
            raise ExtractRefused.at("extract")
        try:
            read = self._extracts.read(extract, audience=AUDIENCE, now=self._clock.now())
        except ExtractError as error:
            raise ExtractRefused.at("extract") from error
        if (read.purpose, read.place) != (Purpose.CASE_HANDLING, area):
            raise ExtractForOtherUse.at("extract")
        if not read.fields.keys() >= NEEDED or not read.fields["name"]:
            raise ExtractRefused.at("extract")
        return read

    def _applicant(self, case: Case, read: VerifiedExtract) -> Applicant:
        snapshot = json.dumps(dict(read.fields), ensure_ascii=False)
        sealed = self._crypto.seal(snapshot, field="applicants.snapshot", owner=case.id)
        return Applicant(case_id=case.id, extract_id=read.id, snapshot=sealed)
