"""Tables of the dictionary of incidents as the house knows them; the long work is that of every import."""

from services.grid.dictionary_tables.api import router
from shared.feature import Feature

FEATURE = Feature(
    router=router,
    tag="incident-dictionary-tables",
    about="事件字典表：模板、检查、导入、下载。 Tables of the dictionary: template, check, import, download",
)
