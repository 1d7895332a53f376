"""Bodies of proofs (本人核验)."""

from typing import Annotated, Self
from uuid import UUID

from pydantic import ConfigDict, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from services.registry.persons.domain import Identity
from services.registry.persons.schemas import NameView
from services.registry.proofs.domain import CODE_DIGITS, GivenProof, ProofMeans, ProofStatus
from services.registry.proofs.service.proofs import ShownProof
from shared.auth.access_log import Purpose
from shared.contracts.envelope import AreaCode
from shared.http.schemas import Body, Instant, View
from shared.reference.documents import DocumentType
from shared.reference.phones import MAX_PHONE


class OpenProof(Body):
    """What the resident who stands at the counter shows and says: the document, and a second fact."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "place": "450481114201",
                    "purpose": "case_handling",
                    "document_number": "45048119900307019X",
                    "phone": "13800000000",
                }
            ]
        }
    )

    place: AreaCode = Field(description="受理地 area of the counter", examples=["450481114201"])
    purpose: Purpose = Field(description="用途 what the resident has come for", examples=["case_handling"])
    document_type: DocumentType = Field(
        default=DocumentType.CITIZEN_ID, description="证件类型 kind of identity document"
    )
    document_number: str = Field(
        min_length=1, max_length=64, description="证件号码 number of the document", examples=["45048119900307019X"]
    )
    phone: Annotated[str, StringConstraints(min_length=1, max_length=MAX_PHONE)] | None = Field(
        default=None, description="登记电话 the phone that is registered, as the resident says it"
    )
    code: Annotated[str, StringConstraints(pattern=rf"^[0-9]{{{CODE_DIGITS}}}$")] | None = Field(
        default=None, description="一次性办事码 code that was given to the resident at home; it serves once"
    )

    @model_validator(mode="after")
    def _one_of_two(self) -> Self:
        if (self.phone is None) == (self.code is None):
            raise PydanticCustomError("one_of_two", "phone 与 code 须且只能填写一项")
        return self

    def given(self) -> GivenProof:
        return GivenProof(
            place=self.place,
            purpose=self.purpose,
            document=Identity(self.document_type, self.document_number),
            means=ProofMeans.PHONE if self.code is None else ProofMeans.CODE,
            fact=self.phone or self.code or "",
        )


class ProofView(View):
    """A proof as this caller may see it. A failed one says nothing of whose number it is."""

    id: UUID = Field(description="核验标识 id of the proof")
    version: int = Field(description="版本 grows with every step")
    status: ProofStatus = Field(description="状态 open, failed or closed", examples=["open"])
    place: str = Field(description="受理地 area of the counter", examples=["450481114201"])
    purpose: Purpose = Field(description="用途 what it serves", examples=["case_handling"])
    means: ProofMeans = Field(description="核验方式 phone or code", examples=["phone"])
    opened_by: str = Field(description="受理人 subject of the token that tried it", examples=["village-clerk-7"])
    opened_at: Instant = Field(description="核验时间 when it was tried")
    expires_at: Instant = Field(description="失效时间 from which it serves no longer, if it was open")
    closed_by: str | None = Field(description="结束人 subject of the token that closed it; null if nobody did")
    closed_at: Instant | None = Field(description="结束时间 when it was closed; null if it was not")
    uses: int = Field(description="使用次数 how often an extract was sealed by it")
    person: NameView | None = Field(
        description="居民 masked: to who opened it while it serves, and to those who look after the person"
    )

    @classmethod
    def of(cls, shown: ShownProof) -> Self:
        one = shown.record
        return cls(
            id=one.id,
            version=one.version,
            status=ProofStatus(one.status),
            place=one.place,
            purpose=Purpose(one.purpose),
            means=ProofMeans(one.means),
            opened_by=one.opened_by,
            opened_at=one.opened_at,
            expires_at=one.expires_at,
            closed_by=one.closed_by,
            closed_at=one.closed_at,
            uses=one.uses,
            person=NameView.of(shown.person) if shown.person else None,
        )


class ProofCount(View):
    """Length of the list of proofs."""

    count: int = Field(description="数量 proofs that the list has in all")


class ProofCodeView(View):
    """A code that a resident tells at a counter. It is shown this once."""

    code: str = Field(description="一次性办事码 serves once, and until it expires", examples=["40318825"])
    expires_at: Instant = Field(description="失效时间 from which it serves no longer")
