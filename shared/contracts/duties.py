"""Places of a matter in a town's list of duties (履职事项清单)."""

from shared.reference.named_code import NamedCode


class DutyKind(NamedCode):
    """Whose a matter is: the town's own, the level above's with the town assisting, or taken back by that level."""

    BASIC = "basic", "基本履职"
    SHARED = "shared", "配合履职"
    TAKEN_BACK = "taken_back", "上级收回"
