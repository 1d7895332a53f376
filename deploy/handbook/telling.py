"""The pages that say what readers of the topics learn, in English and Chinese: `docs/integration/what-topics-tell`."""

from collections.abc import Iterator
from pathlib import Path

from pydantic import BaseModel

from shared.contracts.catalogue import STATE_TOPICS, Topic
from shared.contracts.envelope import STATES, State

FOLDER = Path("docs/integration")
TEMPLATE = Path(__file__).parent / "what-topics-tell.template"
PERSON = "registry.person"
JOINS = {
    **dict.fromkeys(("person_id", "persons", "subject_id"), PERSON),
    "household_id": "registry.household",
    **dict.fromkeys(("case_id", "cases"), "services_hall.case"),
    "agency_id": "services_hall.agency",
    "authorisation_id": "services_hall.authorisation",
}
"""Fields that hold the id of another noun that is of people, or leads to one that is."""

OF_THINGS = frozenset(
    {
        *("id", "items", "item_id", "package_id", "agent_id", "substitute_id", "rule_id", "incident_id"),
        *(
            "building_id",
            "dwelling_id",
            "hall_id",
            "organisation_id",
            "reverses",
            "follows",
            "rating_id",
            "merged_into",
        ),
        *("list_id", "request_id"),
    }
)
"""Fields that hold an id that leads to nobody."""

HEADS = (("主题", "是否涉及个人", "读者得知"), ("topic", "of people", "what its reader learns"))
SAYS = (("是", "否"), ("yes", "no"))


def fields_in(model: type[BaseModel]) -> frozenset[str]:
    """The names of a state's fields, at any depth."""
    found = set(model.model_fields)
    for field in model.model_fields.values():
        for part in (field.annotation, *getattr(field.annotation, "__args__", ())):
            if isinstance(part, type) and issubclass(part, BaseModel):
                found |= fields_in(part)
    return frozenset(found)


def concerns_people(topic: Topic) -> bool:
    """Whether a topic's states are a person's own, name one by id, or name by id what leads to one on another topic.

    Whoever may read one published topic reads them all: a case without its applicant is the applicant's beside the
    cases.
    """
    return _leads_to_people(topic.noun, frozenset())


def _leads_to_people(noun: str, seen: frozenset[str]) -> bool:
    if noun == PERSON:
        return True
    state: type[State] = STATES[noun]
    leads = {JOINS[name] for name in fields_in(state) if name in JOINS}
    return any(_leads_to_people(one, seen | {noun}) for one in leads - seen - {noun})


def _table(topics: list[Topic], language: int) -> str:
    head = HEADS[language]
    lines = [f"| {' | '.join(head)} |", "| --- | --- | --- |"]
    for topic in topics:
        says = SAYS[language][0 if concerns_people(topic) else 1]
        lines.append(f"| `{topic.name}` | {says} | {topic.tells[language]} |")
    return "\n".join(lines)


def pages() -> Iterator[tuple[Path, str]]:
    """Both pages, with their paths."""
    published = [topic for topic in STATE_TOPICS.values() if topic.published]
    rest = [topic for topic in STATE_TOPICS.values() if not topic.published]
    for language, name in enumerate((".zh-CN", "")):
        text = TEMPLATE.with_name(f"{TEMPLATE.name}{name}.md").read_text(encoding="utf-8")
        page = text.format(published=_table(published, language), restricted=_table(rest, language))
        yield FOLDER / f"what-topics-tell{name}.md", page
