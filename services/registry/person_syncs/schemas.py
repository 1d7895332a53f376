"""What a sync answers."""

from typing import Any
from uuid import UUID

from pydantic import Field

from services.registry.person_syncs.service import Synced
from services.registry.persons.schemas import PersonView, fields_of
from shared.contracts.registry.persons import PersonStatus
from shared.http.schemas import View


class LeftView(View):
    """Somebody whom the phone is to forget."""

    id: UUID = Field(description="居民标识 id of the person in the register")
    status: PersonStatus | None = Field(
        description="现状 what the person is now: `active` elsewhere, `moved_out`, `deceased`, `merged` …; "
        "null if no more in your areas"
    )


class SyncView(View):
    """A page of a sync: first forget what it says, then keep what it brings."""

    anew: bool = Field(description="重新同步 true: forget everybody held so far; the page is the first of a whole list")
    items: list[PersonView] = Field(description="新增和变更 who is new or changed, masked as in the list")
    left: list[LeftView] = Field(description="移出 who is in the list no more")
    more: bool = Field(description="是否还有 true: ask for the next page now; false: the phone is up to date")
    next_cursor: str = Field(description="同步标记 for the next page, or for the next sync; good for thirty days")


def fields_of_sync(page: Synced, cursor: str) -> dict[str, Any]:
    """The fields of a `SyncView`, in its order."""
    return {
        "anew": page.anew,
        "items": [fields_of(person) for person in page.people],
        "left": [{"id": str(one.id), "status": one.status} for one in page.left],
        "more": page.more,
        "next_cursor": cursor,
    }
