"""Use cases of signed extracts (身份摘要): fields of a person, signed for one audience, valid for ten minutes."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

from services.registry.persons.repository.persons import PersonRepository
from services.registry.persons.service.disclosures import Disclosed, disclose
from services.registry.persons.service.notes import note, note_nothing
from shared.auth.access_log import Detail, Purpose
from shared.auth.principal import Principal
from shared.crypto.extracts import ExtractSigner, SignedExtract
from shared.errors import NotFound
from shared.messaging.context import UseCaseContext
from shared.reference.named_code import NamedCode

PERMISSION = "person.extract"


class Audience(NamedCode):
    """Service for which an extract is signed."""

    SERVICES_HALL = "services_hall", "一站式代办"
    GRID = "grid", "网格化"


class ExtractField(NamedCode):
    """Field of a person that an extract may hold."""

    NAME = "name", "姓名"
    SEX = "sex", "性别"
    BIRTH_DATE = "birth_date", "出生日期"
    DOCUMENT_TYPE = "document_type", "证件类型"
    DOCUMENT_NUMBER = "document_number", "证件号码"
    PHONE = "phone", "电话"
    ADDRESS = "address", "地址"
    RESIDENCE_AREA = "residence_area", "居住地"
    REGISTRATION_AREA = "registration_area", "户籍地"


def _last_area(spans: Sequence[Mapping[str, Any]]) -> str | None:
    return spans[-1]["area"] if spans else None


_FIELDS: Mapping[ExtractField, Callable[[Disclosed], str | None]] = {
    ExtractField.NAME: lambda person: person.name,
    ExtractField.SEX: lambda person: person.record.sex,
    ExtractField.BIRTH_DATE: lambda person: person.record.birth_date.isoformat(),
    ExtractField.DOCUMENT_TYPE: lambda person: person.record.document_type,
    ExtractField.DOCUMENT_NUMBER: lambda person: person.number,
    ExtractField.PHONE: lambda person: person.phone,
    ExtractField.ADDRESS: lambda person: person.address,
    ExtractField.RESIDENCE_AREA: lambda person: _last_area(person.record.residence),
    ExtractField.REGISTRATION_AREA: lambda person: _last_area(person.record.registration),
}


class Extracts:
    """Use cases of extracts. `signer` is None for callers that sign none."""

    def __init__(self, context: UseCaseContext, signer: ExtractSigner | None) -> None:
        self._clock = context.clock
        self._crypto = context.crypto
        self._access = context.access
        self._persons = PersonRepository(context.session)
        self._signer = signer

    async def sign(
        self, principal: Principal, id: UUID, *, audience: Audience, purpose: Purpose, fields: Sequence[ExtractField]
    ) -> SignedExtract:
        """Sign an extract. Personal data leave in full: purpose and audience are noted in the access log.

        Raises `NotFound`.
        """
        if self._signer is None:
            raise RuntimeError("no key to sign extracts was handed in")
        record = await self._persons.one(id)
        if record is None or not principal.scope(PERMISSION).allows_any(*record.areas):
            note_nothing(self._access, principal, f"extract_for_{audience}", id, purpose)
            raise NotFound(id)
        person = disclose(record, self._crypto, full=True)
        note(self._access, principal, f"extract_for_{audience}", record, PERMISSION, Detail.FULL, purpose=purpose)
        return self._signer.sign(
            person_id=id,
            fields={str(name): _FIELDS[name](person) for name in fields},
            audience=str(audience),
            purpose=str(purpose),
            now=self._clock.now(),
        )
