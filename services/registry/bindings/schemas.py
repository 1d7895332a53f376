"""Bodies of bindings (本人账号绑定)."""

from typing import Annotated, Self
from uuid import UUID

from pydantic import ConfigDict, Field, StringConstraints, field_validator
from pydantic_core import PydanticCustomError

from services.registry.bindings.domain import ENDS_AT_HOME, BindingEnd, BindingRecord, BindingStatus, GivenBinding
from services.registry.persons.domain import MAX_NUMBER, Identity
from services.registry.proofs.domain import CODE_DIGITS
from shared.http.schemas import Body, Instant, View
from shared.reference.documents import DocumentType


class BindAccount(Body):
    """A resident binds the own login: with the number of the document, and the code that was given at home."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"document_number": "450481198502020037", "code": "40318825"}]}
    )

    document_type: DocumentType = Field(
        default=DocumentType.CITIZEN_ID, description="证件类型 kind of identity document"
    )
    document_number: str = Field(
        min_length=1,
        max_length=MAX_NUMBER,
        description="证件号码 number of the document",
        examples=["450481198502020037"],
    )
    code: Annotated[str, StringConstraints(pattern=rf"^[0-9]{{{CODE_DIGITS}}}$")] = Field(
        description="一次性办事码 code that was given at home, document in hand; it serves once", examples=["40318825"]
    )

    def given(self) -> GivenBinding:
        return GivenBinding(Identity(self.document_type, self.document_number), self.code)


class EndBinding(Body):
    """A resident's binding is taken off by who looks after the person."""

    reason: BindingEnd = Field(description="解除原因 lost_phone, wrong_person or other", examples=["lost_phone"])

    @field_validator("reason")
    @classmethod
    def _at_home(cls, value: BindingEnd) -> BindingEnd:
        if value not in ENDS_AT_HOME:
            raise PydanticCustomError("not_at_home", "本人解除、改绑由本人办理，不能作为解除原因")
        return value


class OwnBindingView(View):
    """The own binding. A failed one says nothing of whose number it is."""

    id: UUID = Field(description="绑定标识 id of the binding")
    version: int = Field(description="版本 grows with every step")
    status: BindingStatus = Field(description="状态 bound, failed or ended", examples=["bound"])
    tried_at: Instant = Field(description="绑定时间 when it was tried")
    ended_at: Instant | None = Field(description="解除时间 when it ended; null if it has not")
    end_reason: BindingEnd | None = Field(description="解除原因 why it ended; null if it has not")

    @classmethod
    def of(cls, one: BindingRecord) -> Self:
        return cls.model_validate(one)


class BindingView(OwnBindingView):
    """A binding as it is shown to who looks after the person."""

    subject: str = Field(description="账号 subject of the token that was, or was to be, bound", examples=["resident-7"])
    ended_by: str | None = Field(description="解除人 subject of the token that ended it; null if it has not ended")
