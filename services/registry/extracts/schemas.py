"""Bodies of extracts (身份摘要)."""

from pydantic import Field

from services.registry.extracts.service import Audience
from shared.auth.access_log import Purpose
from shared.contracts.envelope import AreaCode
from shared.http.schemas import Body, Instant, View


class SignExtract(Body):
    """Whom an extract is for, why, and where it will be handed in. What it says follows from that."""

    audience: Audience = Field(description="接收方 which service shall accept the extract")
    purpose: Purpose = Field(
        description="用途 what the extract is for, and so what it says; kept in the access log and in the extract",
        examples=["case_handling"],
    )
    place: AreaCode = Field(
        description="受理地 area of the counter that will hand it in; no other counter can use it",
        examples=["450481114201"],
    )


class ExtractView(View):
    """A sealed extract: signed by the register, and encrypted to its audience. It serves once."""

    extract: str = Field(
        description="身份摘要 compact JWE around what the register signed, valid for ten minutes and for one case",
        examples=["eyJhbGciOiJBMjU2S1cifQ.a2V5.bm9uY2U.c2VhbGVk.dGFn"],
    )
    expires_at: Instant = Field(description="失效时间 when the extract is no longer accepted")
