"""Bodies of extracts (身份摘要)."""

from pydantic import Field

from services.registry.extracts.service import Audience, ExtractField
from shared.auth.access_log import Purpose
from shared.http.schemas import Body, Instant, View


class SignExtract(Body):
    """What is to be attested, for whom, and why."""

    audience: Audience = Field(description="接收方 which service shall accept the extract")
    purpose: Purpose = Field(description="用途 what the extract is for; kept in the access log and in the extract")
    fields: list[ExtractField] = Field(
        min_length=1, max_length=len(ExtractField), description="字段 which fields of the person are attested"
    )


class ExtractView(View):
    """A signed extract: a compact JWS that the audience verifies offline."""

    extract: str = Field(
        description="身份摘要 compact JWS out of the register, valid for ten minutes",
        examples=["eyJhbGciOiJFZERTQSJ9.e30.c2lnbmF0dXJl"],
    )
    expires_at: Instant = Field(description="失效时间 when the extract is no longer accepted")
