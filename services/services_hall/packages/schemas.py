"""Bodies and views of packages and matters (一件事)."""

from typing import Annotated, Self
from uuid import UUID

from pydantic import ConfigDict, Field, StringConstraints

from services.services_hall.cases.domain.codes import CaseUndoReason, Consent, MaterialStatus
from services.services_hall.cases.service.submission import Submission
from services.services_hall.packages.domain import Template
from services.services_hall.packages.service.matters import MatterDetail
from shared.contracts.envelope import AreaCode
from shared.contracts.services_hall.cases import CaseStatus
from shared.contracts.services_hall.packages import MatterStatus, PackageStatus
from shared.http.schemas import Body, CodeWord, EachOnce, Instant, View


class AdoptPackage(Body):
    """Which of the packages that ship is offered."""

    template: CodeWord = Field(description="模板编码 code of a package that ships", examples=["birth"])


class OpenMatter(Body):
    """A matter at the counter of `area`, for the person of an extract: a case for each item that is chosen."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "package_id": "0197d0c0-6201-7b21-8d4f-1b5c6d7e8f90",
                    "area": "450481114201",
                    "items": ["0197d0c0-6001-7a10-9c3e-0a4b5c6d7e8f"],
                    "extract": "eyJhbGciOiJBMjU2S1cifQ.a2V5.bm9uY2U.c2VhbGVk.dGFn",
                    "consent": "signed",
                }
            ]
        }
    )

    package_id: UUID = Field(description="一件事 id of the package")
    area: AreaCode = Field(description="受理地 area of the counter", examples=["450481114201"])
    items: Annotated[list[UUID], EachOnce] = Field(
        min_length=1, max_length=20, description="事项 ids of the items of the package that are applied for"
    )
    extract: Annotated[str, StringConstraints(min_length=20, max_length=8192)] = Field(
        description="身份摘要 made by registry for services_hall, case_handling and this area; at most ten minutes old"
    )
    consent: Consent = Field(description="同意方式 code list `case_consents`", examples=["signed"])

    def submission(self) -> Submission:
        return Submission(self.items[0], self.area, self.extract, None, self.consent)


class CheckSharedMaterial(Body):
    """What is said of one of the package's shared materials."""

    number: Annotated[int, Field(ge=1, le=50)] = Field(
        description="材料序号 which of the package's shared materials, from 1", examples=[1]
    )
    status: MaterialStatus = Field(description="材料状态 code list `case_material_statuses`", examples=["given"])


class UndoMatter(Body):
    """Why the answer is taken back."""

    reason: CaseUndoReason = Field(description="撤销理由 code list `case_undo_reasons`", examples=["too_early"])


class TemplateItem(View):
    """An item of a package as it ships."""

    code: str = Field(description="事项编码 code in the catalogue", examples=["OT-BIRTH-02"])
    name: str = Field(description="事项名称 name of the item", examples=["新生儿户口登记"])
    department: str = Field(description="实施部门 department that decides", examples=["public_security"])
    days: int = Field(description="承诺时限 working days; an example", examples=[5])
    materials: list[str] = Field(description="材料 what it wants", examples=[["出生医学证明"]])


class PackageTemplate(View):
    """A package that ships."""

    code: str = Field(description="编码 code of the package", examples=["birth"])
    name: str = Field(description="名称 name of the package", examples=["新生儿出生一件事"])
    lead_department: str = Field(description="牵头部门 department that gives the one answer", examples=["health"])
    shared: list[str] = Field(description="共用材料 brought once", examples=[["结婚证"]])
    items: list[TemplateItem] = Field(description="事项 its items")

    @classmethod
    def of(cls, one: Template) -> Self:
        items = [
            TemplateItem(code=it.code, name=it.name, department=it.department, days=it.days, materials=[*it.materials])
            for it in one.items
        ]
        return cls(code=one.code, name=one.name, lead_department=one.lead_department, shared=[*one.shared], items=items)


class PackageTemplates(View):
    """The packages that ship."""

    items: list[PackageTemplate] = Field(description="模板 packages that ship")


class PackageView(View):
    """A package that the county offers."""

    id: UUID = Field(description="一件事标识 id of the package")
    version: int = Field(description="版本 counts its changes, from 1", examples=[1])
    code: str = Field(description="编码 code of the package", examples=["birth"])
    name: str = Field(description="名称 name of the package", examples=["新生儿出生一件事"])
    lead_department: str = Field(description="牵头部门 department that gives the one answer", examples=["health"])
    items: list[UUID] = Field(description="事项 ids of its items")
    shared: list[str] = Field(description="共用材料 brought once, by number from 1", examples=[["结婚证"]])
    status: PackageStatus = Field(description="状态 active or retired", examples=["active"])


class MatterView(View):
    """A matter that somebody brought as one."""

    id: UUID = Field(description="标识 id of the matter")
    version: int = Field(description="版本 counts its changes, from 1", examples=[1])
    package_id: UUID = Field(description="一件事 id of the package")
    area: str = Field(description="受理地 area of the counter", examples=["450481114201"])
    person_id: UUID | None = Field(description="申请人 id of the applicant in the register")
    cases: list[UUID] = Field(description="办件 ids of its cases")
    status: MatterStatus = Field(description="状态 where it stands", examples=["open"])
    opened_at: Instant = Field(description="受理时间 when it was brought")
    answered_at: Instant | None = Field(description="统一答复时间 when it was answered as one")
    granted: bool | None = Field(description="全部准予 whether all was granted; null before the answer")


class MatterCase(View):
    """A case of a matter."""

    id: UUID = Field(description="办件标识 id of the case")
    number: str | None = Field(description="办件编号 item code, day and daily serial")
    item_id: UUID = Field(description="事项 id of the item")
    status: CaseStatus = Field(description="状态 where it stands", examples=["decided"])
    granted: bool | None = Field(description="准予 whether it was granted; null before the decision")


class MatterStepView(View):
    """What was done with a matter."""

    version: int = Field(description="版本 version of the matter after the step", examples=[2])
    step: str = Field(description="操作 open, answer, withdraw or undo", examples=["answer"])
    at: Instant = Field(description="时间 when it was done")
    actor: str = Field(description="经办人 who did it: the subject of the token", examples=["county-officer-1"])
    reason: str | None = Field(description="理由 of an undo: code of `case_undo_reasons`", examples=[None])


class MatterDetailView(MatterView):
    """A matter with its cases and what was done with it."""

    results: list[MatterCase] = Field(description="各事项结果 its cases and how each stands")
    steps: list[MatterStepView] = Field(description="办理过程 what was done with it, oldest first")

    @classmethod
    def of(cls, detail: MatterDetail) -> Self:
        return cls(
            **MatterView.model_validate(detail.matter).model_dump(),
            results=[MatterCase.model_validate(case) for case in detail.cases],
            steps=[MatterStepView.model_validate(step) for step in detail.steps],
        )


class MatterCount(View):
    """How many matters the list has in all."""

    count: int = Field(description="数量 how many matters the list has in all")
