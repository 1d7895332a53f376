"""Items as the house knows them."""

from sqlalchemy import select

from services.services_hall.items.api import router
from services.services_hall.items.domain import ItemCodeTaken
from services.services_hall.items.models import Item
from services.services_hall.items.service import restate
from shared.feature import Feature, Restatement

FEATURE = Feature(
    router=router,
    tag="items",
    about="事项 What can be applied for",
    states={"services_hall.item": Restatement(restate, select(Item.id))},
    constraints={"uq_items_code": ItemCodeTaken},
)
