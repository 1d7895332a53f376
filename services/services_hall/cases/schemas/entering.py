"""Bodies of cases (办件) about people: who applies, and who stands beside the applicant."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import ConfigDict, Field, StringConstraints

from services.services_hall.cases.domain.codes import Consent, PartProof, PersonPart
from services.services_hall.cases.domain.persons import TypedPerson
from services.services_hall.cases.service.persons import NewPerson
from services.services_hall.cases.service.submission import Submission
from shared.contracts.envelope import AreaCode
from shared.http.schemas import Body
from shared.reference.documents import DocumentType
from shared.reference.phones import MAX_PHONE

Extract = Annotated[str, StringConstraints(min_length=20, max_length=8192)]
Written = Annotated[str, StringConstraints(min_length=1, max_length=100)]
Sight = Literal["masked", "full"]
AN_EXTRACT = "eyJhbGciOiJBMjU2S1cifQ.a2V5.bm9uY2U.c2VhbGVk.dGFn"


class Typed(Body):
    """Somebody typed at the counter, by a document that was shown; sealed."""

    name: Written = Field(description="姓名 as in the document", examples=["欧阳示例"])
    document_type: DocumentType = Field(description="证件类型 type of the document", examples=["citizen_id"])
    document_number: Annotated[str, StringConstraints(min_length=1, max_length=64)] = Field(
        description="证件号码 number of the document, however it is written", examples=["45048119900307019X"]
    )
    phone: Annotated[str, StringConstraints(min_length=1, max_length=MAX_PHONE)] | None = Field(
        default=None, description="电话 where somebody is reached", examples=["13800000000"]
    )

    def person(self) -> TypedPerson:
        return TypedPerson(self.name, self.document_type, self.document_number, self.phone)


class SubmitCase(Body):
    """A case at the counter of `area`, for the person of an extract or for one typed there. An extract serves once."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "item_id": "0197d0c0-6001-7a10-9c3e-0a4b5c6d7e8f",
                    "area": "450481114201",
                    "extract": AN_EXTRACT,
                    "consent": "signed",
                }
            ]
        }
    )

    item_id: UUID = Field(description="事项 id of the item that is applied for")
    area: AreaCode = Field(
        description="受理地 area of the counter, at one of the item's levels", examples=["450481114201"]
    )
    extract: Extract | None = Field(
        default=None,
        description="身份摘要 made by registry for services_hall, case_handling and this area; at most ten minutes old",
    )
    applicant: Typed | None = Field(default=None, description="申请人 typed at the counter, if there is no extract")
    consent: Consent | None = Field(
        default=None,
        description="同意方式 how the applicant agreed that the data are used: code list `case_consents`; required for"
        " who is typed",
    )
    self_supporting: bool = Field(
        default=False, description="以自己劳动收入为主要生活来源 of a minor of sixteen or more: no guardian is needed"
    )

    def submission(self) -> Submission:
        typed = None if self.applicant is None else self.applicant.person()
        return Submission(self.item_id, self.area, self.extract, typed, self.consent, self.self_supporting)


class AddCasePerson(Body):
    """Somebody in the case beside the applicant: of an extract, or typed at the counter."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "capacity": "agent",
                    "proof": "power_of_attorney",
                    "person": {
                        "name": "欧阳示例",
                        "document_type": "citizen_id",
                        "document_number": "45048119900307019X",
                        "phone": "13800000000",
                    },
                }
            ]
        }
    )

    capacity: PersonPart = Field(description="当事人身份 code list `case_person_parts`", examples=["agent"])
    proof: PartProof | None = Field(
        default=None, description="代理证明 code list `case_part_proofs`; of an agent and a guardian, and only of them"
    )
    extract: Extract | None = Field(default=None, description="身份摘要 of somebody of the register")
    person: Typed | None = Field(default=None, description="当场录入 typed at the counter, if there is no extract")

    def new(self) -> NewPerson:
        return NewPerson(self.capacity, self.proof, self.extract, None if self.person is None else self.person.person())
