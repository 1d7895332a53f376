"""Who may do what: the one table of permissions and of the roles that have them. Endpoints declare permissions.

Where a place draws the lines differently this table is what changes; nothing else names a role.
"""

from collections.abc import Mapping

from shared.reference.named_code import NamedCode


class Role(NamedCode):
    """The role ids of a token's grants."""

    RESIDENT = "resident", "居民"  # own data and own cases
    AGENT = "agent", "代办员"
    GRID_WORKER = "grid_worker", "网格员"
    GRID_HEAD = "grid_head", "网格长"
    VILLAGE_CLERK = "village_clerk", "村（社区）文书"
    TOWN_OFFICER = "town_officer", "镇街干部"
    DEPARTMENT_OFFICER = "department_officer", "县直部门"
    COUNTY_OFFICER = "county_officer", "县级干部"
    COUNTY_REGISTRAR = "county_registrar", "县级底册管理员"  # full numbers
    ASSESSOR = "assessor", "考评员"
    AUDITOR = "auditor", "审计员"
    INTEGRATOR = "integrator", "县里系统"  # a county system
    OPERATOR = "operator", "运维人员"  # runs the machines, sees no person


OWN_ONLY: frozenset[str] = frozenset({Role.RESIDENT})
"""Roles whose permissions reach the subject's own data only: they never open an area."""

DEPARTMENT_ROLES: frozenset[str] = frozenset({Role.DEPARTMENT_OFFICER})
"""Roles that act for a department: a grant that names none is void."""

EVERYBODY: frozenset[Role] = frozenset(Role)


def roles(*several: Role) -> frozenset[Role]:
    """The roles that have a permission."""
    return frozenset(several)


AT_THE_GRID: frozenset[Role] = roles(Role.GRID_WORKER, Role.GRID_HEAD)
"""Who works in a grid alone."""

VILLAGE_AND_ABOVE: frozenset[Role] = AT_THE_GRID | roles(
    Role.VILLAGE_CLERK, Role.TOWN_OFFICER, Role.COUNTY_OFFICER, Role.COUNTY_REGISTRAR
)
"""Who works in a grid or village, and who is over them."""

AT_THE_DOOR: frozenset[Role] = VILLAGE_AND_ABOVE - roles(Role.COUNTY_OFFICER)
"""Who goes to the people, and who is over them in the register."""

AT_THE_COUNTER: frozenset[Role] = roles(
    Role.VILLAGE_CLERK, Role.TOWN_OFFICER, Role.DEPARTMENT_OFFICER, Role.COUNTY_OFFICER
)
"""Who handles cases in a hall, and what else is brought to an office."""

PERMISSIONS: Mapping[str, frozenset[Role]] = {
    "access.restricted": roles(Role.AUDITOR),  # accesses to restricted tags, told like those to others (decision 37)
    "agency.carry": roles(Role.AGENT, Role.VILLAGE_CLERK, Role.TOWN_OFFICER),
    "agency.read": AT_THE_COUNTER | {Role.AGENT, Role.AUDITOR},
    "agency.supervise": roles(Role.VILLAGE_CLERK, Role.TOWN_OFFICER, Role.COUNTY_OFFICER),
    "agent.manage": roles(Role.TOWN_OFFICER, Role.COUNTY_OFFICER),
    "agent.read": AT_THE_COUNTER | {Role.AGENT, Role.AUDITOR},
    "area.manage": roles(Role.COUNTY_REGISTRAR),
    "area.read": EVERYBODY,
    "area_set.manage": roles(Role.TOWN_OFFICER, Role.COUNTY_REGISTRAR),
    "area_set.read": VILLAGE_AND_ABOVE | {Role.AGENT, Role.DEPARTMENT_OFFICER, Role.ASSESSOR, Role.INTEGRATOR},
    "balance.read": VILLAGE_AND_ABOVE - AT_THE_GRID | {Role.ASSESSOR, Role.AUDITOR, Role.INTEGRATOR},
    "book.close": roles(Role.VILLAGE_CLERK, Role.TOWN_OFFICER, Role.COUNTY_REGISTRAR),
    "book.reopen": roles(Role.TOWN_OFFICER, Role.COUNTY_REGISTRAR),
    "building.address": AT_THE_DOOR,
    "building.manage": roles(Role.VILLAGE_CLERK, Role.TOWN_OFFICER, Role.COUNTY_REGISTRAR),
    "building.read": VILLAGE_AND_ABOVE,
    "calendar.manage": roles(Role.COUNTY_REGISTRAR),
    "calendar.read": EVERYBODY,
    "case.assign": roles(Role.TOWN_OFFICER, Role.DEPARTMENT_OFFICER, Role.COUNTY_OFFICER),  # who works on which case
    "case.decide": roles(Role.TOWN_OFFICER, Role.DEPARTMENT_OFFICER, Role.COUNTY_OFFICER),
    "case.handle": AT_THE_COUNTER,
    "case.personal": AT_THE_COUNTER,  # who stands in a case, in full
    "case.read": AT_THE_COUNTER | {Role.AGENT, Role.AUDITOR},
    "case.submit": AT_THE_COUNTER | {Role.AGENT},
    "correction.approve": roles(Role.TOWN_OFFICER, Role.COUNTY_REGISTRAR),
    "correction.confirm": roles(Role.COUNTY_REGISTRAR),
    "circumstance.manage": roles(Role.VILLAGE_CLERK, Role.TOWN_OFFICER, Role.COUNTY_REGISTRAR),
    "circumstance.read": VILLAGE_AND_ABOVE,
    "circumstance.restricted": roles(Role.TOWN_OFFICER, Role.COUNTY_REGISTRAR),  # 政治面貌、党员、计划生育
    "circumstance.verify": AT_THE_DOOR,
    "consent.manage": roles(Role.VILLAGE_CLERK, Role.TOWN_OFFICER, Role.COUNTY_REGISTRAR),
    "consent.read": VILLAGE_AND_ABOVE,
    "device.manage": roles(Role.VILLAGE_CLERK, Role.TOWN_OFFICER, Role.COUNTY_OFFICER),
    "dictionary.manage": roles(Role.COUNTY_OFFICER),  # categories, limits and hours of work of incidents
    "discrepancy.check": roles(Role.COUNTY_REGISTRAR),
    "discrepancy.explain": roles(Role.TOWN_OFFICER, Role.COUNTY_REGISTRAR),
    "duplicate.approve": roles(Role.TOWN_OFFICER, Role.COUNTY_REGISTRAR),
    "duplicate.decide": roles(Role.VILLAGE_CLERK, Role.TOWN_OFFICER, Role.COUNTY_REGISTRAR),
    "duty.manage": roles(Role.COUNTY_OFFICER),
    "duty.read": VILLAGE_AND_ABOVE | {Role.DEPARTMENT_OFFICER, Role.ASSESSOR, Role.INTEGRATOR},
    "erasure.decide": roles(Role.COUNTY_REGISTRAR),
    "erasure.request": roles(Role.VILLAGE_CLERK, Role.TOWN_OFFICER, Role.COUNTY_REGISTRAR),
    "escalation.acknowledge": AT_THE_COUNTER | {Role.GRID_HEAD},
    "escalation.manage": roles(Role.COUNTY_OFFICER),
    "escalation.read": AT_THE_COUNTER | AT_THE_GRID | {Role.AUDITOR},
    "facility.export": roles(Role.VILLAGE_CLERK, Role.TOWN_OFFICER, Role.COUNTY_OFFICER, Role.COUNTY_REGISTRAR),
    "facility.manage": roles(Role.VILLAGE_CLERK, Role.TOWN_OFFICER, Role.COUNTY_REGISTRAR),
    "facility.read": VILLAGE_AND_ABOVE | {Role.AGENT, Role.DEPARTMENT_OFFICER, Role.ASSESSOR, Role.INTEGRATOR},
    "file.read": EVERYBODY,  # a file that is attached asks for the permission that it was attached with besides
    "file.upload": VILLAGE_AND_ABOVE | {Role.RESIDENT, Role.AGENT, Role.DEPARTMENT_OFFICER, Role.ASSESSOR},
    "grid.manage": roles(Role.TOWN_OFFICER, Role.COUNTY_OFFICER),
    "grid.read": VILLAGE_AND_ABOVE | {Role.DEPARTMENT_OFFICER, Role.ASSESSOR, Role.INTEGRATOR},
    "household.manage": roles(Role.VILLAGE_CLERK, Role.TOWN_OFFICER, Role.COUNTY_REGISTRAR),
    "household.read": VILLAGE_AND_ABOVE | {Role.AGENT},
    "incident.caller": AT_THE_COUNTER | {Role.GRID_HEAD},
    "incident.check": roles(Role.GRID_HEAD, Role.VILLAGE_CLERK, Role.TOWN_OFFICER, Role.COUNTY_OFFICER),
    "incident.dispatch": roles(Role.GRID_HEAD, Role.VILLAGE_CLERK, Role.TOWN_OFFICER, Role.COUNTY_OFFICER),
    "incident.file": roles(Role.GRID_HEAD, Role.VILLAGE_CLERK, Role.TOWN_OFFICER, Role.COUNTY_OFFICER),
    "incident.handle": AT_THE_COUNTER | AT_THE_GRID,
    "incident.read": AT_THE_COUNTER | AT_THE_GRID | {Role.RESIDENT, Role.AUDITOR},
    "incident.report": roles(
        Role.RESIDENT,
        Role.GRID_WORKER,
        Role.GRID_HEAD,
        Role.VILLAGE_CLERK,
        Role.TOWN_OFFICER,
        Role.COUNTY_OFFICER,
        Role.INTEGRATOR,
    ),
    "incident.supervise": roles(Role.TOWN_OFFICER, Role.COUNTY_OFFICER),
    "incident.urge": roles(Role.RESIDENT, Role.GRID_HEAD, Role.VILLAGE_CLERK, Role.TOWN_OFFICER, Role.COUNTY_OFFICER),
    "incident.verify": AT_THE_GRID | {Role.VILLAGE_CLERK, Role.TOWN_OFFICER, Role.COUNTY_OFFICER},
    "indicator.read": roles(
        Role.AGENT,
        Role.GRID_WORKER,
        Role.GRID_HEAD,
        Role.VILLAGE_CLERK,
        Role.TOWN_OFFICER,
        Role.DEPARTMENT_OFFICER,
        Role.COUNTY_OFFICER,
        Role.COUNTY_REGISTRAR,
        Role.ASSESSOR,
        Role.AUDITOR,
        Role.INTEGRATOR,
        Role.OPERATOR,
    ),
    "indicator.draft": roles(Role.COUNTY_OFFICER, Role.COUNTY_REGISTRAR),
    "indicator.publish": roles(Role.COUNTY_OFFICER, Role.COUNTY_REGISTRAR),
    "indicator.rebuild": roles(Role.OPERATOR),
    "item.manage": roles(Role.DEPARTMENT_OFFICER, Role.COUNTY_OFFICER),
    "item.read": EVERYBODY,
    "ledger.draft": roles(Role.COUNTY_OFFICER, Role.COUNTY_REGISTRAR),
    "ledger.publish": roles(Role.COUNTY_OFFICER, Role.COUNTY_REGISTRAR),
    "ledger.read": VILLAGE_AND_ABOVE
    | {Role.AGENT, Role.DEPARTMENT_OFFICER, Role.ASSESSOR, Role.AUDITOR, Role.INTEGRATOR},
    "life_event.approve": roles(Role.TOWN_OFFICER, Role.COUNTY_REGISTRAR),
    "life_event.record": roles(Role.VILLAGE_CLERK, Role.TOWN_OFFICER, Role.COUNTY_REGISTRAR),
    "ops.cancel_jobs": roles(Role.OPERATOR),
    "ops.dead_letters": roles(Role.OPERATOR),
    "ops.differences": roles(Role.AUDITOR, Role.OPERATOR),
    "ops.jobs": roles(Role.AUDITOR, Role.OPERATOR),
    "ops.keys": roles(Role.AUDITOR, Role.OPERATOR),
    "ops.reconcile": roles(Role.OPERATOR),
    "ops.republish": roles(Role.OPERATOR),
    "ops.rotate_keys": roles(Role.OPERATOR),
    "original.hold": AT_THE_COUNTER | {Role.AGENT},  # who may have a resident's original in hand
    "organisation.contact": AT_THE_DOOR - {Role.GRID_WORKER},
    "organisation.export": roles(Role.VILLAGE_CLERK, Role.TOWN_OFFICER, Role.COUNTY_OFFICER, Role.COUNTY_REGISTRAR),
    "organisation.manage": roles(Role.VILLAGE_CLERK, Role.TOWN_OFFICER, Role.COUNTY_REGISTRAR),
    "organisation.read": VILLAGE_AND_ABOVE,
    "person.accesses": roles(Role.TOWN_OFFICER, Role.COUNTY_REGISTRAR, Role.AUDITOR),
    "person.correct": roles(Role.VILLAGE_CLERK, Role.TOWN_OFFICER, Role.COUNTY_REGISTRAR),
    "person.export": roles(Role.VILLAGE_CLERK, Role.TOWN_OFFICER, Role.COUNTY_OFFICER, Role.COUNTY_REGISTRAR),
    "person.extract": roles(Role.AGENT, Role.VILLAGE_CLERK, Role.TOWN_OFFICER, Role.COUNTY_REGISTRAR),
    "person.full": roles(Role.COUNTY_REGISTRAR),
    "person.import": roles(Role.VILLAGE_CLERK, Role.TOWN_OFFICER, Role.COUNTY_REGISTRAR),
    "person.lookup": VILLAGE_AND_ABOVE | {Role.AGENT, Role.DEPARTMENT_OFFICER},
    "person.own": roles(Role.RESIDENT),  # what is kept about oneself, by a login that is bound to the person
    "person.read": VILLAGE_AND_ABOVE | {Role.AGENT},
    "person.register": roles(Role.VILLAGE_CLERK, Role.TOWN_OFFICER, Role.COUNTY_REGISTRAR),
    "person.search": roles(
        Role.AGENT, Role.VILLAGE_CLERK, Role.TOWN_OFFICER, Role.COUNTY_OFFICER, Role.COUNTY_REGISTRAR
    ),
    "petition.handle": AT_THE_COUNTER - {Role.VILLAGE_CLERK},  # petitions may be about the village's own people
    "petition.personal": AT_THE_COUNTER - {Role.VILLAGE_CLERK},
    "petition.read": AT_THE_COUNTER - {Role.VILLAGE_CLERK} | {Role.AUDITOR},
    "petition.register": roles(Role.TOWN_OFFICER, Role.COUNTY_OFFICER),
    "petition.review": roles(Role.COUNTY_OFFICER),
    "profile.read": VILLAGE_AND_ABOVE | {Role.ASSESSOR},  # counts alone; small ones are hidden from who reads no list
    "person.verify": AT_THE_DOOR,
    "rating.read": AT_THE_COUNTER | {Role.AUDITOR},
    "rating.record": AT_THE_COUNTER,  # what somebody says by phone or letter
    "public_report.decide": roles(Role.GRID_HEAD, Role.VILLAGE_CLERK, Role.TOWN_OFFICER, Role.COUNTY_OFFICER),
    "public_report.read": roles(
        Role.GRID_HEAD, Role.VILLAGE_CLERK, Role.TOWN_OFFICER, Role.COUNTY_OFFICER, Role.AUDITOR
    ),
    "reading.audit": roles(Role.AUDITOR),  # unusual reading: findings and the county's limits
    "reception.manage": roles(Role.TOWN_OFFICER, Role.COUNTY_OFFICER),
    "reception.read": EVERYBODY,
    "record.check": AT_THE_COUNTER | {Role.GRID_HEAD},
    "record.decide": roles(Role.TOWN_OFFICER, Role.DEPARTMENT_OFFICER, Role.COUNTY_OFFICER),
    "record.export": AT_THE_COUNTER | {Role.COUNTY_REGISTRAR},
    "record.import": AT_THE_COUNTER | {Role.COUNTY_REGISTRAR},
    "record.personal": roles(  # personal fields of a record in full: who calls the people of an incident back
        Role.GRID_HEAD,
        Role.VILLAGE_CLERK,
        Role.TOWN_OFFICER,
        Role.DEPARTMENT_OFFICER,
        Role.COUNTY_OFFICER,
        Role.COUNTY_REGISTRAR,
    ),
    "record.read": VILLAGE_AND_ABOVE | {Role.DEPARTMENT_OFFICER, Role.AUDITOR},
    "record.restricted": roles(Role.COUNTY_REGISTRAR),
    "record.write": VILLAGE_AND_ABOVE | {Role.DEPARTMENT_OFFICER},
    "rectification.handle": AT_THE_COUNTER,
    "rectification.review": roles(Role.TOWN_OFFICER, Role.COUNTY_OFFICER),  # appeals against low ratings
    "satisfaction_call.read": AT_THE_COUNTER | {Role.GRID_HEAD, Role.AUDITOR},
    "satisfaction_call.record": roles(Role.GRID_HEAD, Role.VILLAGE_CLERK, Role.TOWN_OFFICER, Role.COUNTY_OFFICER),
    "tag.contact": AT_THE_GRID | {Role.VILLAGE_CLERK, Role.COUNTY_REGISTRAR},  # who has to call guardians
    "tag.manage": roles(Role.VILLAGE_CLERK, Role.TOWN_OFFICER, Role.COUNTY_REGISTRAR),
    "tag.read": VILLAGE_AND_ABOVE,
    "tag.restricted": roles(Role.COUNTY_REGISTRAR),
    "term.contact": AT_THE_DOOR,
    "term.manage": roles(Role.VILLAGE_CLERK, Role.TOWN_OFFICER, Role.COUNTY_REGISTRAR),
    "term.read": VILLAGE_AND_ABOVE | {Role.AGENT, Role.DEPARTMENT_OFFICER, Role.ASSESSOR, Role.AUDITOR},
    "unit.manage": roles(Role.TOWN_OFFICER, Role.COUNTY_OFFICER),
    "visit.read": VILLAGE_AND_ABOVE | {Role.AUDITOR},
    "visit.record": AT_THE_DOOR,
    "visit.restricted": roles(Role.COUNTY_REGISTRAR),  # visits that tell of a restricted tag: who has `tag.restricted`
    "visit_rule.manage": roles(Role.COUNTY_OFFICER),
    "visit_rule.read": VILLAGE_AND_ABOVE | {Role.DEPARTMENT_OFFICER, Role.ASSESSOR, Role.AUDITOR},
    "warning.manage": roles(Role.COUNTY_OFFICER),
}
"""Every permission there is, and who has it. A permission that is not listed here does not exist."""

DEPARTMENTAL: frozenset[str] = frozenset(
    {
        "agency.carry",
        "agency.read",
        "agency.supervise",
        "case.assign",
        "case.decide",
        "case.handle",
        "case.personal",
        "case.read",
        "case.submit",
        "escalation.acknowledge",
        "escalation.read",
        "incident.caller",
        "incident.check",
        "incident.dispatch",
        "incident.file",
        "incident.handle",
        "incident.read",
        "incident.supervise",
        "incident.urge",
        "incident.verify",
        "item.manage",
        "original.hold",
        "rating.read",
        "rating.record",
        "petition.handle",
        "petition.personal",
        "petition.read",
        "petition.register",
        "petition.review",
        "record.check",
        "record.decide",
        "record.export",
        "record.import",
        "record.personal",
        "record.read",
        "record.restricted",
        "record.write",
        "rectification.handle",
        "rectification.review",
        "satisfaction_call.read",
        "satisfaction_call.record",
        "unit.manage",
    }
)
"""Permissions on what a department answers for: they are asked with the area and the department of the row."""

ROLES: Mapping[str, frozenset[str]] = {
    role: frozenset(permission for permission, holders in PERMISSIONS.items() if role in holders) for role in Role
}
"""The same by role: what a grant of it carries."""
