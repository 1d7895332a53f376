"""Organisations as the house knows them."""

from sqlalchemy import select

from services.registry.organisations.api import router
from services.registry.organisations.domain import OrganisationKnown, OrganisationStep
from services.registry.organisations.models import Organisation
from services.registry.organisations.service.reads import restate
from shared.contracts.registry.organisations import OrganisationKind, OrganisationRegistration, OrganisationStatus
from shared.feature import Feature, Restatement
from shared.reference.codes import published
from shared.reference.credit_codes import REGISTRARS

FEATURE = Feature(
    router=router,
    tag="organisations",
    about="组织：驻区单位、社会组织、集体经济组织、志愿队伍。 Organisations of a village",
    states={"registry.organisation": Restatement(restate, select(Organisation.id))},
    constraints={"uq_organisations_name": OrganisationKnown, "uq_organisations_code": OrganisationKnown},
    code_lists=(
        published("credit_code_registrars", "登记管理部门", REGISTRARS),
        published("organisation_kinds", "组织类别", OrganisationKind),
        published("organisation_registrations", "组织登记情况", OrganisationRegistration),
        published("organisation_statuses", "组织状态", OrganisationStatus),
        published("organisation_steps", "组织办理", OrganisationStep),
    ),
)
