"""Checks of the issuer of tokens: does it give its keys, and is its clock ours."""

from collections.abc import Sequence
from email.utils import parsedate_to_datetime

import httpx

from shared.auth.jwks import DISCOVERY, IssuerFault, fetch_keys
from shared.auth.keys import SETTING, TIMEOUT
from shared.clock import Clock
from shared.doctor.database import clocks
from shared.doctor.findings import Check, Finding, fault, fine
from shared.settings import ServiceSettings

TOKENS_MAY_BE_OFF = 30.0
"""Seconds. A token counts for 60 seconds more and less than it says."""


async def check_issuer(settings: ServiceSettings, clock: Clock) -> Sequence[Finding]:
    """Findings about the issuer; one alone if it does not give its keys."""
    issuer = settings.oidc_issuer
    async with httpx.AsyncClient(timeout=TIMEOUT) as client:
        try:
            keys = await fetch_keys(client, issuer)
        except IssuerFault as away:
            return [
                fault(
                    Check.ISSUER,
                    f"{SETTING}：无法取得签发方的公钥。请核对地址是否与签发方自报的完全一致，证书机构是否可信，"
                    "签发方是否已启动。",
                    f"{SETTING}: {away}; check that the address is its own to the letter, that its authority is "
                    "trusted, and that it runs.",
                )
            ]
        found = [fine(Check.ISSUER, f"签发方公布了 {len(keys)} 把公钥。", f"the issuer publishes {len(keys)} keys.")]
        before = clock.now()
        answer = await client.get(issuer.rstrip("/") + DISCOVERY)
    said = answer.headers.get("date")
    if said is None:
        return found
    theirs = parsedate_to_datetime(said).timestamp()
    return [*found, clocks(theirs - before.timestamp(), TOKENS_MAY_BE_OFF, "签发方", "the issuer")]
