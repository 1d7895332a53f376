"""How a change of areas (区划调整) moves."""

from shared.contracts.registry.area_changes import AreaChangeStatus

TRANSITIONS: dict[AreaChangeStatus, frozenset[AreaChangeStatus]] = {
    AreaChangeStatus.DONE: frozenset({AreaChangeStatus.UNDONE}),
    AreaChangeStatus.UNDONE: frozenset(),
}
