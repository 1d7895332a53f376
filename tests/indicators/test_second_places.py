"""No change of this service names a place: figures follow from what others announce."""

from tests.architecture.places import second_places


def test_no_body_names_a_place() -> None:
    """But for the job of a republish run, which lies in no area."""
    assert second_places("indicators") == {"startRebuild": frozenset({"runs[].job"})}
