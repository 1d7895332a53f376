"""Every endpoint of registry."""

from fastapi import APIRouter

from services.registry.accesses import api as accesses
from services.registry.areas import api as areas
from services.registry.balances import api as balances
from services.registry.calendar import api as calendar
from services.registry.extracts import api as extracts
from services.registry.households import api as households
from services.registry.movements import api as life_events
from services.registry.persons import api as persons
from services.registry.tags import api as tags

router = APIRouter()
for noun in (areas, calendar, persons, extracts, accesses, life_events, households, tags, balances):
    router.include_router(noun.router)

TAGS = {
    "areas": "区划 Areas from province to village",
    "calendar": "工作日历 Working days of a year",
    "persons": "居民 Residents: registered once, shown masked",
    "life events": "人口事项 Moves and deaths",
    "households": "住户 Households and who belongs to them",
    "tags": "标签 Tags such as 独居老人; sensitive ones apart",
    "balances": "人口台账 Opening, flows and closing of the two books",
}
"""What the groups of endpoints are about."""
