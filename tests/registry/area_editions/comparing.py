"""What tests of editions do: a newer file out of the county's, compared and carried out."""

from typing import Any

from httpx import AsyncClient, Response

from tests.registry.builders import COUNTY, DIVISIONS, a_division
from tests.registry.steps import Json, given

EDITIONS = "/registry/v1/area-editions"
ON = "2026-03-10"


def lines(*divisions: dict[str, str | None]) -> list[Json]:
    return [{**one, "level": int(one["level"] or 0)} for one in divisions]


def edition(*without: str, area: str = COUNTY, on: str = ON, **named: str) -> Json:
    """The county's file without these codes, and with these names: `_450481100203="新村委会"` is new."""
    names = {code.lstrip("_"): name for code, name in named.items()}
    kept = [one for one in DIVISIONS if str(one["code"]) not in {code.ljust(12, "0") for code in without}]
    known = {str(one["code"]) for one in kept}
    divisions = [
        {**one, "name": names.get(str(one["code"]).rstrip("0") or "", names.get(str(one["code"]), one["name"]))}
        for one in kept
    ]
    divisions += [a_division(code, name) for code, name in names.items() if code.ljust(12, "0") not in known]
    return {"area": area, "effective_on": on, "rows": lines(*divisions)}


def goes(origin: str, to: str | None, **what: Any) -> Json:
    return {"origin": origin, "to": to, **what}


async def compared(client: AsyncClient, file: Json) -> Json:
    return given(await client.post(f"{EDITIONS}/compare", json=file))


async def apply(client: AsyncClient, file: Json, *moves: Json, digest: str | None = None) -> Response:
    """Compared first, unless a digest of before is given."""
    if digest is None:
        digest = (await compared(client, file))["digest"]
    return await client.post(f"{EDITIONS}/apply", json={**file, "digest": digest, "moves": list(moves)})
