"""Bodies and views of items that come and go in numbers; and the content of a table's row."""

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Self

import orjson
import yaml
from pydantic import Field, ValidationError

from services.services_hall.item_tables.domain import (
    LISTS,
    PLAIN,
    CellUnreadable,
    TakenAs,
    lines,
    read_materials,
    read_places,
    read_steps,
)
from services.services_hall.item_tables.service import Entry
from services.services_hall.items.domain.codes import Target
from services.services_hall.items.models import CatalogueItem
from services.services_hall.items.schemas.bodies import DraftItem
from services.services_hall.items.schemas.content import ItemContent
from services.services_hall.items.schemas.views import ContentView
from services.services_hall.items.service.content import NewVersion
from shared.errors import FieldError, Invalid
from shared.http.schemas import Body, View
from shared.http.validation import field_errors
from shared.reference.named_code import NamedCode
from shared.spreadsheets.values import Value

MOST = 200
SHIPPED = Path(__file__).parent / "shipped"


class Arrangement(NamedCode):
    """How a county arranges the services of its community centres: the files of items that ship, one for each."""

    JIAHE = "jiahe", "嘉禾：八个服务窗口"
    BAOKANG = "baokang", "保康：八类服务"


class ItemEntry(DraftItem):
    """An item whole: what it is, and what its next version says."""

    content: ItemContent = Field(description="内容 what its next version says")

    def entry(self) -> Entry:
        return Entry(self.item(), self.content.version())


class TakeItems(Body):
    """Items that are handed in; all of them become drafts, or none does."""

    items: list[ItemEntry] = Field(min_length=1, max_length=MOST, description="事项")
    dry_run: bool = Field(default=False, description="试运行 only say what would become of them", examples=[True])


class TakenItemView(View):
    """What became of an entry, or would."""

    code: str = Field(description="事项编码", examples=["VILLAGE-CERT-01"])
    outcome: TakenAs = Field(description="结果 drafted, changed or unchanged", examples=["drafted"])


class TakenItems(View):
    """What became of the entries, in their order."""

    items: list[TakenItemView] = Field(description="结果")
    dry_run: bool = Field(description="试运行 true: nothing was changed", examples=[True])


class ItemEntryView(View):
    """An item as it can be handed in elsewhere."""

    code: str = Field(description="事项编码", examples=["VILLAGE-CERT-01"])
    department: str = Field(description="实施部门", examples=["civil_affairs"])
    category: str = Field(description="事项分类", examples=["social_assistance"])
    target: Target = Field(description="服务对象", examples=["natural_person"])
    content: ContentView = Field(description="内容 of the newest version")

    @classmethod
    def of(cls, found: CatalogueItem) -> Self:
        item, version = found.item, found.version
        own = {name: getattr(item, name) for name in ("code", "department", "category", "target")}
        return cls(**own, content=ContentView.model_validate(version))


@cache
def shipped(arrangement: Arrangement) -> tuple[ItemEntry, ...]:
    """The items that ship for an arrangement, by code."""
    lines = yaml.safe_load((SHIPPED / f"{arrangement}.yaml").read_text(encoding="utf-8"))
    return tuple(ItemEntry.model_validate_json(orjson.dumps(one)) for one in lines)


class ItemTemplates(View):
    """Items that ship, as `takeItemCollection` takes them."""

    items: list[ItemEntry] = Field(description="事项 by code")


def content_of_row(values: Mapping[str, Value], before: Mapping[str, Any]) -> NewVersion:
    """The content of a row over that of the newest version. Raises `Invalid` at the columns."""
    told: dict[str, Any] = {name: values.get(name) for name in PLAIN}
    told |= {name: lines(values.get(name)) for name in LISTS}
    levels = values["levels"]
    told["fee_fen"] = values.get("fee_fen", 0)
    told["levels"] = [int(one) for one in (levels if isinstance(levels, list) else [str(levels)])]
    for name, read in (("materials", read_materials), ("steps", read_steps), ("places", read_places)):
        try:
            told[name] = read(values.get(name))
        except CellUnreadable:
            raise Invalid(errors=[FieldError(name, "cell", "写法不对，请按填写说明每行一条，用 | 分隔")]) from None
    kind = values.get("result_kind")
    told["result"] = None if kind is None else {"kind": kind, "name": values.get("result_name")}
    kept: Mapping[str, Any] = {one["name"]: one for one in before.get("materials", ())}
    for one in told["materials"]:
        one.update({name: kept.get(one["name"], {}).get(name) for name in ("source", "sample")})
    told |= {name: before.get(name) for name in ("form", "effect")}
    try:
        return ItemContent.model_validate(told).version()
    except ValidationError as error:
        raise Invalid(errors=_at_columns(error)) from None


def _at_columns(error: ValidationError) -> Sequence[FieldError]:
    return field_errors(error.errors(include_url=False, include_input=False))
