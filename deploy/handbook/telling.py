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
    "item_id": "services_hall.item",
    "incident_id": "grid.incident",
}
"""Fields that hold the id of another noun."""

HEADS = (("主题", "是否涉及个人", "读者得知"), ("topic", "of people", "what its reader learns"))
SAYS = (("是", "否"), ("yes", "no"))


def people_in(model: type[BaseModel]) -> frozenset[str]:
    """The fields of a state, at any depth, that hold the id of a person."""
    found = {name for name in model.model_fields if JOINS.get(name) == PERSON}
    for field in model.model_fields.values():
        for part in (field.annotation, *getattr(field.annotation, "__args__", ())):
            if isinstance(part, type) and issubclass(part, BaseModel):
                found |= people_in(part)
    return frozenset(found)


def concerns_people(topic: Topic) -> bool:
    """Whether a topic's states are a person's own, or name one by id."""
    state: type[State] = STATES[topic.noun]
    return topic.noun == PERSON or bool(people_in(state))


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
