"""What the demo county has beside people and land: items of its hall, units, and who logs in. Plain data."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from deploy.local.county.divisions import COUNTY

BOOKS_OPENED_ON = date(2026, 1, 1)


@dataclass(frozen=True)
class DemoItem:
    """A local convenience; days are working days, levels lengths of the area codes of counters."""

    code: str
    department: str
    category: str
    name: str
    handling_mode: str
    statutory_days: int
    promised_days: int
    levels: tuple[int, ...]
    effect: dict[str, Any] | None = None
    complaint_phone: str = "12345"


AT_ONCE, IN_TIME, CARRIED = "at_once", "within_promise", "by_agent"
RESIDENCE = {"kind": "residence_registration", "place_from": "counter", "day_from": "decision"}
"""What a granted case of that item changes in the register."""

ITEMS = (
    DemoItem("XLBM-0001", "civil_affairs", "social_assistance", "最低生活保障申请", IN_TIME, 20, 10, (9, 12)),
    DemoItem("XLBM-0002", "civil_affairs", "social_welfare", "高龄津贴申领", CARRIED, 20, 7, (9, 12)),
    DemoItem("XLBM-0003", "human_resources", "employment", "就业失业登记", AT_ONCE, 5, 0, (6, 9, 12)),
    DemoItem("XLBM-0004", "public_security", "certificates", "居住登记凭证", IN_TIME, 15, 5, (9, 12), RESIDENCE),
    DemoItem("XLBM-0005", "health", "family_planning", "生育登记服务", AT_ONCE, 5, 0, (9, 12)),
    DemoItem("XLBM-0006", "agriculture", "village_convenience", "农机购置补贴代办", CARRIED, 30, 15, (12,)),
)

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
