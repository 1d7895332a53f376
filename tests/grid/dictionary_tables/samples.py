"""An import of the dictionary, for the tests that walk every endpoint."""

from shared.auth.principal import Principal
from shared.testing.doors import Door, a_principal
from tests.registry.tables import text_of

WRONG = {"类别代码": "Fire!", "类别名称": "消防", "等级": "一般", "时长": "2", "计时单位": "小时"}


async def samples(door: Door, area: str, owner: Principal | None = None) -> dict[str, str]:
    """Its id, by the first segment of its paths; its row is wrong, so that nothing comes of it."""
    county = area[:6]
    async with door.client(owner or a_principal("county_officer", county)) as client:
        file = (await client.post("/files", content=text_of([WRONG]))).json()["id"]
        made = await client.post("/incident-dictionary-imports", json={"file": file, "area": county})
        assert made.status_code == 201, made.text
    return {"incident-dictionary-imports": made.json()["id"]}
