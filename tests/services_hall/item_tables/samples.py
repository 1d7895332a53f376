"""An import of items for the tests that walk every endpoint."""

from shared.auth.principal import Principal
from shared.testing.doors import Door, a_principal

TITLES = "事项编码,事项名称,实施部门,事项分类,办理方式,法定时限,承诺时限,受理层级"
ROW = f"{TITLES}\nS-1,示例,民政局,社会救助,限期办,5,9,县级\n"


async def samples(door: Door, area: str, owner: Principal | None = None) -> dict[str, str]:
    """Its id, by the first segment of its path. It waits for its check."""
    async with door.client(owner or a_principal("county_officer", area[:6])) as client:
        file = (await client.post("/files", content=ROW.encode())).json()["id"]
        made = await client.post("/item-imports", json={"file": file, "area": area[:6]})
    assert made.status_code == 201, made.text
    return {"item-imports": made.json()["id"]}
