"""Items in numbers as the house knows them; the long work of imports is that of every import."""

from services.services_hall.item_tables.api import router
from services.services_hall.item_tables.domain import TakenAs
from services.services_hall.item_tables.schemas import Arrangement
from shared.feature import Feature
from shared.reference.codes import published

FEATURE = Feature(
    router=router,
    tag="item tables",
    about="事项清单：模板、检查、导入、导出。 Tables and JSON of items",
    code_lists=(
        published("item_taken_as", "事项导入结果", TakenAs),
        published("item_arrangements", "示例事项编排", Arrangement),
    ),
)
