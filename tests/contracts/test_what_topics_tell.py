"""What a reader of the topics learns is written down for every topic, and true of the demo county."""

from collections import Counter

import pytest

from deploy.handbook.telling import JOINS, OF_THINGS, concerns_people, fields_in, pages
from deploy.local.county.divisions import villages
from deploy.local.county.residents import families
from shared.contracts.catalogue import STATE_TOPICS
from shared.contracts.envelope import STATES

OWNERS = ("registry", "services_hall", "grid", "indicators")

PEOPLE = {
    *("registry.person", "registry.household", "registry.posting", "registry.tag", "registry.restricted_tag"),
    *("registry.occupancy", "registry.circumstance"),
    *("services_hall.case", "services_hall.matter", "grid.visit", "grid.restricted_visit"),
    *("services_hall.agency", "services_hall.authorisation", "services_hall.original", "services_hall.case_warning"),
    *(f"{owner}.record" for owner in OWNERS),
    *(f"{owner}.restricted_record" for owner in OWNERS),
    *("registry.erasure", *(f"{owner}.erasure_answer" for owner in OWNERS[1:])),
    *("grid.residence_proposal", "services_hall.case_effect", "registry.consent"),
}

RESTRICTED_RECORDS = {f"{owner}.restricted_{what}" for owner in OWNERS for what in ("record", "ledger_posting")}

ERASURES = {"registry.erasure", *(f"{owner}.erasure_answer" for owner in OWNERS[1:])}
"""Who was erased is told to nobody but those who erase."""

CHECKSUMS = {f"{owner}.{what}" for owner in OWNERS for what in ("checksum", "checksum_question")}
"""How many restricted states there are is told to the services alone."""

CONSENTS = {"registry.consent_count"}
"""In which village somebody consents to what is counted, and no business of county systems."""

PROPOSALS = {"grid.residence_proposal", "registry.residence_answer"}
PROPOSALS |= {"services_hall.case_effect", "registry.case_effect_answer"}
"""Between grid, or the hall, and registry alone."""


RATINGS = {"services_hall.rating", "services_hall.rectification"}
AGENCIES = {"services_hall.agency", "services_hall.original"}
"""Whether an agent took money, as somebody said, and what leads there: beside the cases it would be known who."""
"""Who rated what could be found beside the cases: told to indicators alone."""


@pytest.mark.parametrize("noun", list(STATE_TOPICS))
def test_every_topic_says_in_both_languages_what_it_tells(noun: str) -> None:
    chinese, english = STATE_TOPICS[noun].tells
    assert len(chinese) > 5
    assert english.isascii()
    assert ("按标识" in chinese) == ("(by id)" in english) == concerns_people(STATE_TOPICS[noun])
    for _, page in pages():
        assert f"`{STATE_TOPICS[noun].name}`" in page


def test_which_topics_are_of_people_is_found_in_their_states() -> None:
    assert {noun for noun, topic in STATE_TOPICS.items() if concerns_people(topic)} == PEOPLE


def test_of_every_field_that_holds_an_id_is_said_where_it_leads() -> None:
    """A new one is looked at: what it leads to beside the other topics is what its reader learns."""
    assert not JOINS.keys() & OF_THINGS
    assert set(JOINS.values()) <= STATES.keys()
    ids = {name for state in STATES.values() for name in fields_in(state) if name.endswith("_id")}
    assert ids - JOINS.keys() - OF_THINGS == set()


def test_no_topic_that_is_published_holds_an_id_of_what_is_not() -> None:
    """Nothing published leads to a rating, a restricted tag's visit or a proposal, and no rating to its case."""
    hidden = {topic.noun.split(".")[1] for topic in STATE_TOPICS.values() if not topic.published}
    for noun, topic in STATE_TOPICS.items():
        if topic.published:
            assert not {f"{one}_id" for one in hidden} & fields_in(STATES[noun]), noun
    for noun in RATINGS:
        assert not {"case_id", "person_id", "agency_id", "document_id"} & fields_in(STATES[noun])


def test_a_topic_is_published_unless_its_name_ends_in_restricted() -> None:
    for topic in STATE_TOPICS.values():
        assert topic.published is not topic.name.endswith("_restricted"), topic.name


def test_what_is_restricted_is_not_published_and_nothing_else_repeats_it() -> None:
    hidden = {noun for noun, topic in STATE_TOPICS.items() if not topic.published}
    restricted = {"registry.restricted_tag", "grid.restricted_visit"}
    assert hidden == restricted | RESTRICTED_RECORDS | ERASURES | CHECKSUMS | PROPOSALS | CONSENTS | RATINGS | AGENCIES
    for noun, topic in STATE_TOPICS.items():
        if topic.published:
            assert not any("restricted" in field for field in STATES[noun].model_fields)


def test_sex_and_month_of_birth_single_out_most_people_of_a_grid() -> None:
    """The page says so; were it not true any more, the page would frighten for nothing."""
    people = [
        (family.grid, resident.sex, f"{resident.birth_date:%Y-%m}")
        for family in families(villages())
        for resident in family.residents
    ]
    alike = Counter(people)
    assert sum(alike[one] == 1 for one in people) > len(people) / 2
