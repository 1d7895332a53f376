"""The public catalogue as the house knows it."""

from services.services_hall.catalogue.api import router
from shared.feature import Feature

FEATURE = Feature(
    router=router,
    tag="catalogue",
    about="事项公开：查找正在受理的事项和办事指南，无需登录。 What is offered, for everybody",
)
