"""Residence answers (居住网格变更答复): what a proposal of grid's is refused for, beside the rules of life events."""

from shared.errors import DomainError, ErrorKind


class ResidentUnknown(DomainError):
    """Nobody of this id stands in the register."""

    kind, code, title = ErrorKind.NOT_FOUND, "resident_unknown", "底册中没有该居民"
    advice = "请核对居民标识"


class ResidenceElsewhere(DomainError):
    """The person does not live in the grid that the proposal leaves: they moved, or it was applied by hand."""

    kind, code, title = ErrorKind.CONFLICT, "residence_elsewhere", "该居民现不在原网格居住"
    advice = "请核对该居民现在的居住网格"


class ProposalLeavesVillage(DomainError):
    """The two grids lie in different villages: that is a move or a change of areas, and no proposal."""

    kind, code, title = ErrorKind.INVALID, "proposal_leaves_village", "新旧网格不在同一村（社区）"
    advice = "跨村（社区）的请办理迁移或区划调整"
