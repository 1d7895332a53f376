"""Names of what stands in a form beside the fields. Fields are written small, so that none of these is one."""

AREA, SUBJECT, NAMED_META = "AREA", "SUBJECT", "META"
"""Where the record lies, whom it is about, and a field that is called `meta`, which every form has of its own."""

ROOT = "record"

COUNT = "N_"
"""Before the name of a small table: how many rows it has."""

YES, NO = "true", "false"


def node_of(name: str, rows: str | None = None) -> str:
    """The node of a field, or of a column of a small table: unlike any other of the form."""
    if rows is not None:
        return f"{rows}.{name}"
    return NAMED_META if name == "meta" else name


def rows_node(name: str) -> str:
    """The node of a small table."""
    return NAMED_META if name == "meta" else name
