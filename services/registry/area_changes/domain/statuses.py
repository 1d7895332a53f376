"""Where a change of areas (区划调整) stands, and how it moves."""

from shared.reference.named_code import NamedCode


class AreaChangeStatus(NamedCode):
    """Where a change of areas stands."""

    DONE = "done", "已实施"
    UNDONE = "undone", "已撤销"


TRANSITIONS: dict[AreaChangeStatus, frozenset[AreaChangeStatus]] = {
    AreaChangeStatus.DONE: frozenset({AreaChangeStatus.UNDONE}),
    AreaChangeStatus.UNDONE: frozenset(),
}
