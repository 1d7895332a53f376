"""Own data as the house knows them."""

from services.registry.own_data.api import router
from services.registry.own_data.domain import OwnGroup
from shared.feature import Feature
from shared.reference.codes import published

FEATURE = Feature(
    router=router,
    tag="own_data",
    about="本人信息：查阅、复制、更正和谁看过。 A person's own data: read, copied, corrected, who looked",
    code_lists=(published("own_groups", "本人信息类别", OwnGroup),),
)
