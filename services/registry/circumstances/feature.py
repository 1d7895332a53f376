"""Circumstances as the house knows them."""

from sqlalchemy import select

from services.registry.circumstances.api import router
from services.registry.circumstances.domain.kinds import (
    EMPLOYMENT_STATES,
    ENROLMENTS,
    FAMILY_PLANNING_STATES,
    KINDS,
    MEDICAL_SCHEMES,
    PARTY_DIRECTIONS,
    PARTY_RELATIONS,
    PENSION_SCHEMES,
    PENSION_STATES,
    PERMIT_BASES,
    PLAIN,
    POLITICAL_STATUSES,
    CircumstanceGroup,
)
from services.registry.circumstances.domain.rules import CircumstanceStep
from services.registry.circumstances.models import Circumstance
from services.registry.circumstances.service.circumstances import restate
from shared.contracts.registry.circumstances import CircumstanceStatus
from shared.feature import Feature, Restatement
from shared.reference.codes import published

FEATURE = Feature(
    router=router,
    tag="circumstances",
    about="居民情况：居住证、参保、教育、就业等，有起止日期和最近核实。 What holds of a person from day to day",
    states={"registry.circumstance": Restatement(restate, select(Circumstance.id).where(Circumstance.kind.in_(PLAIN)))},
    code_lists=(
        published("circumstance_groups", "居民情况类组", CircumstanceGroup),
        published("circumstance_kinds", "居民情况类别", {code: kind.title for code, kind in KINDS.items()}),
        published("circumstance_statuses", "居民情况状态", CircumstanceStatus),
        published("circumstance_steps", "居民情况办理", CircumstanceStep),
        published("employment_states", "就业状况", EMPLOYMENT_STATES),
        published("enrolment_stages", "在学学段", ENROLMENTS),
        published("family_planning_states", "计划生育情况", FAMILY_PLANNING_STATES),
        published("medical_schemes", "基本医疗保险险种", MEDICAL_SCHEMES),
        published("party_directions", "流动党员流动方向", PARTY_DIRECTIONS),
        published("party_relations", "党员组织关系", PARTY_RELATIONS),
        published("pension_schemes", "基本养老保险险种", PENSION_SCHEMES),
        published("pension_states", "养老保险参保状态", PENSION_STATES),
        published("permit_bases", "居住证申领依据", PERMIT_BASES),
        published("political_statuses", "政治面貌", POLITICAL_STATUSES),
    ),
)
