"""No figure is changed by a place that a body names: figures follow from what others announce."""

from tests.architecture.places import LEDGERS, second_places

DRAFTED = frozenset({"code", "part.code", "terms[].code"})
"""Codes of indicators in a draft: a definition is the county's as a whole."""


def test_no_body_names_a_place() -> None:
    """But for the job of a republish run and the codes of indicators, which lie in no area, and records of ledgers."""
    ledgers = {name: frozenset(places) for name, places in LEDGERS.items()}
    assert second_places("indicators") == {
        "startRebuild": frozenset({"runs[].job"}),
        "draftDefinition": DRAFTED,
        "redraftDefinition": DRAFTED | {"path.code"},
        **ledgers,
    }
