"""How an event of a county system is answered, by whichever service takes it."""

from shared.reference.named_code import NamedCode


class InboundStatus(NamedCode):
    """The two answers: 受理, 不予受理."""

    ACCEPTED = "accepted", "已受理"
    REJECTED = "rejected", "已拒绝"
