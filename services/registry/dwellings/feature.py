"""Dwellings as the house knows them."""

from sqlalchemy import select

from services.registry.dwellings.api import router
from services.registry.dwellings.domain import (
    CleanEnergy,
    DwellingUse,
    GasSupply,
    PowerSupply,
    RoadAccess,
    Telecom,
    Toilet,
    WaterSupply,
)
from services.registry.dwellings.models import Dwelling
from services.registry.dwellings.service.handling import remake_rooms
from services.registry.dwellings.service.reads import restate
from shared.contracts.registry.dwellings import ConditionTopic, DwellingStatus
from shared.feature import Feature, Restatement
from shared.reference.codes import published
from shared.rotation.indexes import BlindIndex

FEATURE = Feature(
    router=router,
    tag="dwellings",
    about="房屋：单元房号、面积、使用和水电路气等情况。 Dwellings and their dated conditions",
    states={"registry.dwelling": Restatement(restate, select(Dwelling.id))},
    indexes=(BlindIndex("dwelling_rooms", {"dwelling_digests"}, remake_rooms),),
    code_lists=(
        published("dwelling_statuses", "房屋状态", DwellingStatus),
        published("dwelling_conditions", "房屋情况项目", ConditionTopic),
        published("dwelling_uses", "使用情况", DwellingUse),
        published("dwelling_water", "供水", WaterSupply),
        published("dwelling_road", "通路", RoadAccess),
        published("dwelling_gas", "用气", GasSupply),
        published("dwelling_clean_energy", "清洁能源", CleanEnergy),
        published("dwelling_power", "供电", PowerSupply),
        published("dwelling_telecom", "通信", Telecom),
        published("dwelling_toilet", "厕所", Toilet),
    ),
)
