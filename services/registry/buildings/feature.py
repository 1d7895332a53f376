"""Buildings as the house knows them."""

from sqlalchemy import select

from services.registry.buildings.api import router
from services.registry.buildings.models import Building
from services.registry.buildings.service import remake_addresses, restate
from shared.contracts.registry.buildings import BuildingKind, BuildingStatus
from shared.feature import Feature, Restatement
from shared.reference.codes import published
from shared.rotation.indexes import BlindIndex

FEATURE = Feature(
    router=router,
    tag="buildings",
    about="楼栋：登记、更正、拆除。 Buildings and their standard addresses",
    states={"registry.building": Restatement(restate, select(Building.id))},
    indexes=(BlindIndex("building_addresses", {"building_digests"}, remake_addresses),),
    code_lists=(
        published("building_kinds", "楼栋类别", BuildingKind),
        published("building_statuses", "楼栋状态", BuildingStatus),
    ),
)
