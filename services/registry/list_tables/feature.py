"""Departments' lists at the counter as the house knows them; the long work of imports is that of every import."""

from services.registry.list_tables.api import router
from shared.feature import Feature

FEATURE = Feature(
    router=router,
    tag="list tables",
    about="待遇名单表格：柜台上传的部门名单，检查、确认。 Departments' lists that are handed in at the counter",
)
