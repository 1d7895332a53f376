"""What a definition must be, in the code and in the table."""

import asyncpg
import pytest

from services.indicators.definitions.domain import Definition, Direction, Kind, Measure, Total
from shared.testing.databases import ServiceDatabase

INSERT = """
INSERT INTO definitions (code, version, name, unit, direction, kind, meaning, department, count_measure, base_measure)
VALUES ($1, $2, '测试', '人', $3, $4, '测试口径。', '测试部门', 'POP-RES', $5)
"""


def a_definition(kind: Kind, base: Total | None) -> Definition:
    return Definition(
        code="TEST",
        name="测试",
        unit="人",
        direction=Direction.UP,
        kind=kind,
        meaning="测试口径。",
        department="测试部门",
        count=Total.of("INC-CLOSED-OF-DUE"),
        base=base,
        percentile=50 if kind is Kind.PERCENTILE else None,
    )


@pytest.mark.parametrize("kind", list(Kind))
def test_a_ratio_has_a_base_and_nothing_else_has_one(kind: Kind) -> None:
    due = Total.of("INC-DUE")
    allowed, refused = (None, due) if kind is not Kind.RATIO else (due, None)
    definition = a_definition(kind, allowed)
    due_too = () if allowed is None else (Measure("INC-DUE"),)
    assert definition.measures == (Measure("INC-CLOSED-OF-DUE"), *due_too)
    with pytest.raises(ValueError, match="a ratio has a base"):
        a_definition(kind, refused)


@pytest.mark.parametrize(
    ("row", "constraint"),
    [
        (("TEST", 1, "up", "share", None), "ck_definitions_kind"),
        (("TEST", 1, "sideways", "stock", None), "ck_definitions_direction"),
        (("TEST", 1, "up", "percentile", None), "ck_definitions_percentile"),
        (("TEST", 1, "up", "flow", "INC-DUE"), "ck_definitions_base_of_ratio"),
        (("POP-RES", 1, "up", "stock", None), "pk_definitions"),
    ],
)
async def test_the_table_refuses_what_no_definition_can_be(
    service_database: ServiceDatabase, row: tuple[object, ...], constraint: str
) -> None:
    owner = await service_database.as_owner()
    try:
        with pytest.raises(asyncpg.IntegrityConstraintViolationError) as refused:
            await owner.execute(INSERT, *row)
    finally:
        await owner.close()
    assert refused.value.constraint_name == constraint
