"""Who may do what: the one table of roles and permissions. Endpoints declare permissions, never roles.

Where a place draws the lines differently this table is what changes; nothing else names a role.
"""

from collections.abc import Mapping
from enum import StrEnum


class Role(StrEnum):
    """The role ids of a token's grants."""

    RESIDENT = "resident"  # 居民: own data and own cases
    AGENT = "agent"  # 代办员
    GRID_WORKER = "grid_worker"  # 网格员
    GRID_HEAD = "grid_head"  # 网格长
    VILLAGE_CLERK = "village_clerk"  # 村(社区)文书
    TOWN_OFFICER = "town_officer"  # 镇街干部
    DEPARTMENT_OFFICER = "department_officer"  # 县直部门
    COUNTY_OFFICER = "county_officer"  # 县级
    COUNTY_REGISTRAR = "county_registrar"  # 县级底册管理员: full numbers
    ASSESSOR = "assessor"  # 考评员
    AUDITOR = "auditor"  # 审计员
    INTEGRATOR = "integrator"  # a county system
    OPERATOR = "operator"  # runs the machines, sees no person


OWN_ONLY: frozenset[str] = frozenset({Role.RESIDENT})
"""Roles whose permissions reach the subject's own data only: they never open an area."""

_EVERYBODY = frozenset({"area.read", "calendar.read", "item.read"})
_OPERATIONS = frozenset({"ops.republish", "ops.jobs", "ops.dead_letters"})

_GRID_WORKER = _EVERYBODY | {
    "grid.read",
    "incident.report",
    "incident.read",
    "incident.handle",
    "visit.read",
    "visit.record",
    "tag.read",
    "person.read",
    "person.lookup",
    "household.read",
    "indicator.read",
}

_VILLAGE_CLERK = _EVERYBODY | {
    "person.register",
    "person.read",
    "person.correct",
    "person.search",
    "person.lookup",
    "person.extract",
    "household.manage",
    "household.read",
    "life_event.record",
    "tag.manage",
    "tag.read",
    "balance.read",
    "case.submit",
    "case.read",
    "case.handle",
    "grid.read",
    "incident.report",
    "incident.read",
    "incident.file",
    "incident.dispatch",
    "incident.handle",
    "incident.check",
    "incident.caller",
    "visit.read",
    "visit.record",
    "indicator.read",
}

_TOWN_OFFICER = _VILLAGE_CLERK | {"person.accesses", "case.decide", "grid.manage"}

ROLES: Mapping[str, frozenset[str]] = {
    Role.RESIDENT: _EVERYBODY
    | {"person.read", "person.accesses", "case.submit", "case.read", "incident.report", "incident.read"},
    Role.AGENT: _EVERYBODY
    | {"person.read", "person.search", "person.lookup", "person.extract", "household.read"}
    | {"case.submit", "case.read", "indicator.read"},
    Role.GRID_WORKER: _GRID_WORKER,
    Role.GRID_HEAD: _GRID_WORKER | {"incident.file", "incident.dispatch", "incident.check", "incident.caller"},
    Role.VILLAGE_CLERK: _VILLAGE_CLERK,
    Role.TOWN_OFFICER: _TOWN_OFFICER,
    Role.DEPARTMENT_OFFICER: _EVERYBODY
    | {"person.lookup", "item.manage", "case.submit", "case.read", "case.handle", "case.decide"}
    | {"grid.read", "incident.read", "incident.handle", "incident.caller", "indicator.read"},
    Role.COUNTY_OFFICER: _EVERYBODY
    | {"person.read", "person.search", "person.lookup", "household.read", "tag.read", "balance.read"}
    | {"item.manage", "case.submit", "case.read", "case.handle", "case.decide"}
    | {"grid.read", "grid.manage", "incident.report", "incident.read", "incident.file", "incident.dispatch"}
    | {"incident.handle", "incident.check", "incident.caller", "visit.read", "indicator.read"},
    Role.COUNTY_REGISTRAR: _EVERYBODY
    | {"area.manage", "calendar.manage", "balance.read", "grid.read", "indicator.read"}
    | {"person.register", "person.read", "person.correct", "person.search", "person.full", "person.lookup"}
    | {"person.extract", "person.accesses", "household.manage", "household.read", "life_event.record"}
    | {"tag.manage", "tag.read", "tag.restricted"},
    Role.ASSESSOR: _EVERYBODY | {"grid.read", "balance.read", "indicator.read"},
    Role.AUDITOR: _EVERYBODY
    | {"person.accesses", "balance.read", "case.read", "incident.read", "visit.read", "indicator.read", "ops.jobs"},
    Role.INTEGRATOR: _EVERYBODY | {"grid.read", "incident.report", "balance.read", "indicator.read"},
    Role.OPERATOR: _EVERYBODY | _OPERATIONS | {"indicator.read", "indicator.rebuild"},
}

PERMISSIONS: frozenset[str] = frozenset().union(*ROLES.values())
"""Every permission there is. A permission that no role carries does not exist."""
