"""Areas as the house knows them."""

from sqlalchemy import select

from services.registry.areas.api import router
from services.registry.areas.models import Area
from services.registry.areas.service.areas import restate
from shared.feature import Feature, Restatement
from shared.reference.areas import URBAN_RURAL, Kind
from shared.reference.codes import published

FEATURE = Feature(
    router=router,
    tag="areas",
    about="区划：从省到村的行政区划。 Areas from province to village",
    states={"registry.area": Restatement(restate, select(Area.code))},
    code_lists=(
        published("area_kinds", "区划类型", Kind),
        published("urban_rural", "城乡分类", URBAN_RURAL),
    ),
)
