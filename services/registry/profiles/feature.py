"""Community profiles as the house knows them."""

from services.registry.profiles.api import router
from shared.feature import Feature

FEATURE = Feature(
    router=router,
    tag="profiles",
    about="社区概况：一个区域的人口、户、房屋、组织和设施。 What an area has, in one request",
)
