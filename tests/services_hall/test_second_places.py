"""Who names a place is asked for it."""

from collections.abc import Callable, Mapping
from uuid import UUID

from shared.testing.doors import Arrivals, Door
from tests.architecture.places import LEDGERS, second_places
from tests.services_hall.conftest import CLERK, NOT_FOUND, OTHER_VILLAGE, VILLAGE, an_area, refusal

OF_THE_COUNTY = "asked for at the county, with its department: `items/test_api.py`"
OFFERED = "where an item is offered, which is the county's: it permits nothing; `catalogue/test_search.py`"


def form_of(at: str) -> dict[str, str]:
    """Codes and bounds of a form's own fields: texts that look like places, and are none."""
    parts = ("bounds.max", "bounds.min", "choices[].code")
    return {f"{at}.{of}fields[].{part}": "of a form's own" for of in ("", "rows[].") for part in parts}


PLACES: dict[str, Mapping[str, str]] = {
    "submitCase": {
        "area": "asked for: below",
        "item_id": "items are the county's, open to everybody",
    },
    "draftCase": {
        "area": "asked for as `submitCase`: below",
        "item_id": "items are the county's, open to everybody",
    },
    "handOverCase": {
        "path.id": "asked for: `cases/test_scope.py`",
        "to.area": "a place of the same county, which is not the sender's: it takes the file, or declines it;"
        " `cases/test_review.py`",
    },
    "enterCaseEffect": {
        "path.id": "asked for: `cases/test_scope.py`",
        "area": "asked for with the department that handles the case: `cases/test_registering.py`",
    },
    "openMatter": {
        "area": "asked for each item: `packages/test_packages.py`",
        "items[]": "of the package, which is the county's; each is asked for with its department",
        "package_id": "packages are the county's, open to everybody",
    },
    "appointAgent": {"area": "asked for: `agents/test_agents.py`"},
    "leaveAgent": {
        "path.id": "asked for: `agents/test_agents.py`",
        "substitute_id": "of the same village: `agents/test_agents.py`",
    },
    "recordAuthorisation": {
        "case_id": "asked for: `authorisations/test_authorisations.py`",
        "agent_id": "of the village of the case: `authorisations/test_authorisations.py`",
        "items[]": "items are the county's, open to everybody",
    },
    "entrustAgency": {
        "case_id": "asked for: `agencies/test_steps.py`",
        "authorisation_id": "asked for, and of the same applicant: `agencies/test_steps.py`",
    },
    "forwardAgency": {
        "path.id": "asked for: `agencies/test_steps.py`",
        "to_area": "a hall above the case's own counter, where papers went: `agencies/test_steps.py`",
    },
    "reassignAgency": {
        "path.id": "asked for: `agencies/test_steps.py`",
        "agent_id": "of the same village: `agencies/test_steps.py`",
    },
    "receiveOriginal": {"agency_id": "asked for: `originals/test_custody.py`"},
    "handOverOriginal": {
        "path.id": "asked for: `originals/test_custody.py`",
        "to_area": "an office of the same county, which is not the sender's: it takes the original, or declines it;"
        " `originals/test_custody.py`",
    },
    "completeCasesAtOnce": {"cases[].id": "each asked for by itself: `tasks/test_batches.py`"},
    "searchCases": {
        "area": "asked for: `tasks/test_search.py`",
        "item_id": "items are the county's, open to everybody",
        "person_id": "narrows what is in scope: `tasks/test_search.py`",
    },
    "requestCaseErasure": {"area": "asked for: `case_erasures/test_runs.py`"},
    "deliverCase": {"path.id": "asked for: `cases/test_scope.py`", "tracking": "the number of the post: no place"},
    "draftItemVersion": {"path.id": OF_THE_COUNTY, "areas[]": OFFERED, **form_of("form")},
    "takeItemCollection": {
        "items[].code": OF_THE_COUNTY,
        "items[].content.areas[]": OFFERED,
        **form_of("items[].content.form"),
    },
    "publishItemDrafts": {"drafts[].item": OF_THE_COUNTY},
    "beginItemImport": {
        "area": "asked for: `item_tables/test_tables.py`",
        "file": "the caller's own: `item_tables/test_tables.py`",
    },
    "draftItem": {"code": "the item's own code, asked for at the county: `test_county_wide.py`"},
    **LEDGERS,
}
"""Every place that a body names, and why or where it is asked for."""


def test_the_table_names_every_place_of_every_operation() -> None:
    assert {name: frozenset(places) for name, places in PLACES.items()} == second_places("services_hall")


async def test_a_case_is_opened_at_ones_own_counter_alone(
    door: Door, arrivals: Arrivals, person: UUID, item: str, extract_of: Callable[..., str]
) -> None:
    await arrivals.take(an_area(OTHER_VILLAGE))
    async with door.client(CLERK) as client:
        body = {"item_id": item, "area": OTHER_VILLAGE, "extract": extract_of(person)}
        assert refusal(await client.post("/cases", json=body)) == NOT_FOUND
        assert (await client.post("/cases", json=body | {"area": VILLAGE})).status_code == 201
