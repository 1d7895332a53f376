"""Rules of moves: what they are called, how many records a step takes, and when there is nothing to move."""

from shared.errors import DomainError, ErrorKind

KIND = "ledger_move"
"""Kind of the long work."""

BATCH = 500
"""Records of one step."""

MOVED = "move"
"""Line in the history of a record that was moved."""


class NothingToMove(DomainError):
    """Refusal: no version in force changed what there was, so that records move by themselves."""

    kind, code, title = ErrorKind.CONFLICT, "nothing_to_move", "该台账没有需要迁移记录的版本"
    advice = "只增补的版本无须迁移；尚未启用的版本请在启用日之后迁移"
