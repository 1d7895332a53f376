"""Bodies of accesses (访问记录)."""

from pydantic import Field

from shared.http.schemas import Instant, View


class AccessView(View):
    """One look or change."""

    occurred_at: Instant = Field(description="发生时间 when it happened")
    subject: str = Field(description="访问者 subject of the token that looked", examples=["village-clerk-7"])
    role: str | None = Field(description="角色 in which role", examples=["village_clerk"])
    purpose: str | None = Field(
        description="用途 why the data is looked at; kept in the access log", examples=["case_handling"]
    )
    action: str = Field(description="操作 what was done: read, search, …", examples=["read"])
    detail: str = Field(description="说明 more about it, in Chinese", examples=["超过规定的数量。"])
    result: str = Field(description="结果 whether it was allowed", examples=["ok"])
