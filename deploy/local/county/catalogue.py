"""What the demo county has beside people and land: units, and who logs in. Plain data."""

from dataclasses import dataclass
from datetime import date

from deploy.local.county.divisions import COUNTY

BOOKS_OPENED_ON = date(2026, 1, 1)


UNITS = (
    ("urban_management", "岑溪市城市管理队（演示）"),
    ("emergency", "岑溪市应急管理队（演示）"),
    ("civil_affairs", "岑溪市民政服务队（演示）"),
)
"""Units that handle incidents in the whole county: (department, name)."""


@dataclass(frozen=True)
class Persona:
    """Somebody who can be played: an account with one grant."""

    username: str
    title: str
    role: str
    area: str
    department: str | None = None

    @property
    def grant(self) -> dict[str, str]:
        """The grant as the claim `xiangli_grants` holds it."""
        found = {"role": self.role, "area": self.area}
        return found | ({"department": self.department} if self.department else {})


TOWN, VILLAGE = "450481114", "450481114201"
PERSONAS = (
    Persona("registrar", "县级底册管理员", "county_registrar", COUNTY),
    Persona("officer-a", "县级干部（起草）", "county_officer", COUNTY),
    Persona("officer-b", "县级干部（审核）", "county_officer", COUNTY),
    Persona("civil-affairs", "县民政局干部", "department_officer", COUNTY, "civil_affairs"),
    Persona("town", "三堡镇干部", "town_officer", TOWN),
    Persona("clerk", "木坪村文书", "village_clerk", VILLAGE),
    Persona("grid-head", "木坪村网格长", "grid_head", VILLAGE),
    Persona("grid-worker", "木坪村网格员", "grid_worker", VILLAGE),
    Persona("agent", "木坪村代办员", "agent", VILLAGE),
    Persona("assessor", "考评员", "assessor", COUNTY),
    Persona("auditor", "审计员", "auditor", COUNTY),
    Persona("operator", "运维人员", "operator", COUNTY),
)
