"""Steps of the story in the grid service: a visit, an incident, and what somebody of the public reports."""

from typing import Any

from deploy.local.story.client import StoryClient, Who, position_of, require
from deploy.local.story.state import StoryState

DEPARTMENT = "urban_management"


async def visit(story: StoryState, village: str, grid: str) -> None:
    """A tag makes a visit due in the grid of the person; the grid worker records it; the figure rises."""
    client, person = story.client, story.persons[0]
    clerk, worker = Who("village_clerk", village), Who("grid_worker", village)
    done = await story.figure("VISIT-DONE", village)
    body = {"code": "elder_alone", "started_on": str(story.today)}
    tagged = await client.post(clerk, f"/registry/v1/persons/{person}/tags", body, 201)
    query = {"person_id": person, "status": "due", "min_position": position_of(tagged)}
    [due] = (await client.get(worker, "/grid/v1/visits", query))["items"]
    require(due["area"] == grid, f"the visit is due in {due['area']}")
    body = {"finding": "normal", "done_on": str(story.today)}
    recorded = await client.post(worker, f"/grid/v1/visits/{due['id']}/record", body)
    now = await story.figure("VISIT-DONE", village, position=position_of(recorded))
    require(now == done + 1, f"visits done: {done} before, {now} after one")
    client.say(
        6, "独居老人: a visit is due, the grid worker records it", f"due {due['due_on']}, visits done {done}→{now}"
    )


async def incident(story: StoryState, village: str, grid: str) -> None:
    """Reported at a point, located in its grid, and all the way to closed, checked by somebody else."""
    client = story.client
    clerk, worker = Who("village_clerk", village), Who("grid_worker", village)
    closed = await story.figure("INC-CLOSED", village)
    ring = (await client.get(clerk, f"/grid/v1/grids/{grid}"))["polygon"][:-1]
    point = {
        "longitude": sum(corner[0] for corner in ring) / len(ring),
        "latitude": sum(corner[1] for corner in ring) / len(ring),
    }
    body = {"source": "patrol", "category": "environment", "severity": "normal", "point": point}
    reported = (await client.post(worker, "/grid/v1/incidents", body, 201)).json()
    require(reported["area"] == grid, f"the point was located in {reported['area']}")
    filed, position = await handled(client, village, reported["id"])
    now = await story.figure("INC-CLOSED", village, position=position)
    require(now == closed + 1, f"incidents closed: {closed} before, {now} after one")
    client.say(
        7, "an incident is reported at a point", f"in grid {grid}, due {filed['due_at']}, closed; {closed}→{now}"
    )


async def public_report(story: StoryState, village: str) -> None:
    """Somebody reports without a login; it counts once an office has filed it, and is followed by its code."""
    client, clerk = story.client, Who("village_clerk", village)
    before = await story.figure("INC-REPORTED", village)
    path = "/grid/v1/public-reports"
    body = {"category": "environment", "area": village, "description": "演示：路边垃圾"}
    code = {"progress_code": (await client.anybody(path, body, expect=201))["progress_code"]}
    held = (await client.get(clerk, path, {"status": "held", "area": village, "limit": 200}))["items"][-1]
    filed = await client.post(clerk, f"{path}/{held['id']}/file", {})
    told = await client.anybody(f"{path}/progress", code)
    require(told["incident_status"] == "filed", f"the report's incident is {told['incident_status']}")
    now = await story.figure("INC-REPORTED", village, position=position_of(filed))
    require(now == before + 1, f"incidents reported: {before} before, {now} after a public report was filed")
    client.say(7, "somebody reports without a login", f"held, filed, followed by its code; reported {before}→{now}")


async def handled(client: StoryClient, village: str, incident: str) -> tuple[Any, str]:
    """A reported incident goes all the way to closed: as it was when filed, and the position of the last step."""
    clerk, officer = Who("village_clerk", village), Who("department_officer", "450481", DEPARTMENT)
    path = f"/grid/v1/incidents/{incident}"
    filed = (await client.post(clerk, f"{path}/file", {})).json()
    await client.post(clerk, f"{path}/dispatch", {"unit_id": await _unit(client)})
    await client.post(officer, f"{path}/accept", {})
    await client.post(officer, f"{path}/feedback", {"reason": "done"})
    await client.post(clerk, f"{path}/check", {"passed": True})
    ended = await client.post(clerk, f"{path}/close", {})
    require(ended.json()["status"] == "closed", f"the incident ended {ended.json()['status']}")
    return filed, position_of(ended)


async def _unit(client: StoryClient) -> str:
    """A unit of the department that handles it; founded by the first story that needs one."""
    officer = Who("county_officer", "450481")
    units = (await client.get(officer, "/grid/v1/units", {"limit": 200}))["items"]
    found = [unit["id"] for unit in units if unit["department"] == DEPARTMENT and unit["active"]]
    if found:
        first: str = found[0]
        return first
    body = {"area": "450481", "department": DEPARTMENT, "name": "城管大队（演示）"}
    made: str = (await client.post(officer, "/grid/v1/units", body, 201)).json()["id"]
    return made
