"""Bodies of organisations (组织)."""

from datetime import date
from typing import Any
from uuid import UUID

from pydantic import ConfigDict, Field

from services.registry.organisations.domain import (
    OrganisationContact,
    OrganisationFields,
    OrganisationFilter,
    OrganisationStep,
)
from services.registry.organisations.service.handling import ShownOrganisation
from services.registry.organisations.service.reads import ShownVersion
from services.registry.persons.schemas import Text, VillageOrGrid
from shared.contracts.envelope import AreaCode
from shared.contracts.registry.organisations import (
    OrganisationKind,
    OrganisationRegistration,
    OrganisationStatus,
    Stay,
)
from shared.http.schemas import Body, Day, Instant, View

CREDIT_CODE: dict[str, Any] = {"min_length": 1, "max_length": 64, "examples": ["N2450481MF00000012"]}


class OrganisationBody(Body):
    """What is known of an organisation, all of it: a correction replaces it."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "area": "450481100201",
                    "kind": "social_organisation",
                    "name": "示例社区老年协会",
                    "registration": "filed",
                    "registered_on": "2024-06-03",
                    "members": 42,
                    "began_on": "2024-05-20",
                    "address": "岑城镇探花村示例路2号",
                    "responsible": "欧阳示例",
                    "phone": "13800000000",
                }
            ]
        }
    )

    area: VillageOrGrid = Field(description="所在地 village (12 digits) or grid (15) of its seat")
    kind: OrganisationKind = Field(description="组织类别 what sort of organisation it is", examples=["collective"])
    name: Text = Field(description="名称 its full name, once in a village")
    credit_code: str | None = Field(
        default=None, description="统一社会信用代码 GB 32100; those of collectives begin with N1, N2, N3", **CREDIT_CODE
    )
    registration: OrganisationRegistration = Field(
        default=OrganisationRegistration.NONE, description="登记情况 whether it is registered, filed or neither"
    )
    registered_on: Day | None = Field(default=None, description="登记（备案）日期 not in the future")
    members: int | None = Field(default=None, ge=0, le=1_000_000, description="成员（从业）人数 how many members")
    began_on: Day = Field(description="成立（进驻）日 first day, not in the future")
    address: Text | None = Field(default=None, description="地址 where it is found; sealed")
    responsible: Text | None = Field(default=None, description="负责人 name of who answers for it; sealed, masked")
    phone: str | None = Field(
        default=None,
        min_length=1,
        max_length=40,
        description="联系电话 phone; sealed, masked",
        examples=["0774-8212345"],
    )

    def fields(self) -> OrganisationFields:
        return OrganisationFields(
            area=self.area,
            kind=self.kind,
            name=self.name,
            began_on=self.began_on,
            credit_code=self.credit_code,
            registration=self.registration,
            registered_on=self.registered_on,
            members=self.members,
            contact=OrganisationContact(self.address, self.responsible, self.phone),
        )


class EndOrganisation(Body):
    """The end of an organisation."""

    ended_on: Day = Field(
        description="终止日 first day on which it is no more, not in the future", examples=["2026-04-16"]
    )


class ReopenOrganisation(Body):
    """An organisation that had ended begins again."""

    began_on: Day = Field(description="恢复日 first day, not before the last end", examples=["2026-05-16"])


class SearchOrganisations(Body):
    """A search by a part of the name or by the code. Names are sent in bodies only, never in URLs."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"name": "老年协会"}]})

    area: AreaCode | None = Field(default=None, description="区划代码 only inside this area", examples=["450481100201"])
    kind: OrganisationKind | None = Field(default=None, description="组织类别 only of this kind")
    status: OrganisationStatus | None = Field(default=None, description="状态 only in this status")
    name: Text | None = Field(default=None, description="名称 a part of the name, however it is written")
    credit_code: str | None = Field(default=None, description="统一社会信用代码 the whole code", **CREDIT_CODE)

    def wanted(self) -> OrganisationFilter:
        return OrganisationFilter(self.kind, self.status, self.name, self.credit_code)


class OrganisationView(View):
    """An organisation."""

    id: UUID = Field(description="组织标识 id of the organisation")
    version: int = Field(description="版本 counts the changes of the organisation, from 1")
    area: str = Field(description="所在地 village (12 digits) or grid (15) of its seat", examples=["450481100201"])
    kind: OrganisationKind = Field(description="组织类别 what sort of organisation it is", examples=["collective"])
    name: str = Field(description="名称 its full name", examples=["示例社区老年协会"])
    credit_code: str | None = Field(description="统一社会信用代码 GB 32100; null if it has none")
    registration: OrganisationRegistration = Field(description="登记情况 whether it is registered, filed or neither")
    registered_on: date | None = Field(description="登记（备案）日期 null if unknown")
    members: int | None = Field(description="成员（从业）人数 null if unknown", examples=[42])
    address: str | None = Field(description="地址 null if unknown, and for who may not see it")
    responsible: str | None = Field(description="负责人 masked for who may not see it", examples=["欧**例"])
    phone: str | None = Field(description="联系电话 masked for who may not see it", examples=["138****0000"])
    status: OrganisationStatus = Field(description="状态 active, ended or withdrawn", examples=["active"])
    began_on: date = Field(description="起始日 first day of the present time or of the last")
    ended_on: date | None = Field(description="终止日 first day on which it is no more; null while it is active")
    earlier: list[Stay] = Field(description="以往存续 times before it began again, oldest first")

    @classmethod
    def of(cls, shown: ShownOrganisation) -> "OrganisationView":
        """The view of an organisation as this caller may see it."""
        contact = shown.contact
        return cls(
            id=shown.id,
            version=shown.version,
            **shown.values,
            address=contact.address,
            responsible=contact.responsible,
            phone=contact.phone,
        )


class OrganisationVersionView(View):
    """What an organisation was from a step on."""

    step: OrganisationStep = Field(description="办理 what was done", examples=["corrected"])
    done_by: str | None = Field(description="办理人 subject of who did it; null for a change of areas")
    done_at: Instant = Field(description="办理时间 when")
    organisation: OrganisationView = Field(description="办理后 the organisation after it")

    @classmethod
    def of(cls, shown: ShownVersion) -> "OrganisationVersionView":
        return cls(
            step=shown.step,
            done_by=shown.done_by,
            done_at=shown.done_at,
            organisation=OrganisationView.of(shown.organisation),
        )


class OrganisationCount(View):
    """How many the list has in all."""

    count: int = Field(description="数量 how many the list has in all")
