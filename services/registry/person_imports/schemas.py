"""Bodies of imports of residents."""

from typing import Annotated

from pydantic import Field

from shared.http.schemas import Body

Row = Annotated[int, Field(ge=1, le=2_000_000)]


class ConfirmRows(Body):
    """Rows that are of somebody else than the residents whom they resemble."""

    rows: list[Row] = Field(
        min_length=1,
        max_length=500,
        description="行号 of rows whose only finding is possible_duplicate",
        examples=[[12]],
    )
