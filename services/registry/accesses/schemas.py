"""Bodies of accesses (访问记录)."""

from pydantic import Field

from shared.auth.access_log import Detail, Purpose, Result
from shared.auth.roles import Role
from shared.http.schemas import Instant, View


class AccessView(View):
    """One read or change of a person."""

    occurred_at: Instant = Field(description="发生时间 when it was looked at or changed")
    subject: str = Field(description="访问者 subject of the token that looked", examples=["village-clerk-7"])
    role: Role | None = Field(description="角色 role by which it was allowed", examples=["village_clerk"])
    purpose: Purpose | None = Field(
        description="用途 purpose that was stated; null if none was asked for", examples=["case_handling"]
    )
    action: str = Field(description="操作 what was done: read, search, …", examples=["read"])
    detail: Detail = Field(description="程度 how much was shown: existence, masked, full or write", examples=["masked"])
    result: Result = Field(
        description="结果 ok; not_found, if it was asked from outside; refused, if a change was only tried",
        examples=["ok"],
    )
