"""What a definition must be, in the code and in the table."""

import asyncpg
import pytest

from services.indicators.definitions.domain import Definition, Direction, Kind, Measure
from shared.testing.databases import ServiceDatabase

INSERT = """
INSERT INTO definitions (code, version, name, unit, direction, kind, meaning, department, count_measure, base_measure)
VALUES ($1, $2, '测试', '人', $3, $4, '测试口径。', '测试部门', 'POP-RES', $5)
"""


def a_definition(kind: Kind, base: Measure | None) -> Definition:
    return Definition(
        code="TEST",
        name="测试",
        unit="人",
        direction=Direction.UP,
        kind=kind,
        meaning="测试口径。",
        department="测试部门",
        count=Measure("INC-CLOSED-OF-DUE"),
        base=base,
    )


@pytest.mark.parametrize("kind", list(Kind))
def test_a_ratio_has_a_base_and_nothing_else_has_one(kind: Kind) -> None:
    allowed, refused = (None, Measure("INC-DUE")) if kind is not Kind.RATIO else (Measure("INC-DUE"), None)
    definition = a_definition(kind, allowed)
    assert definition.measures == tuple(one for one in (Measure("INC-CLOSED-OF-DUE"), allowed) if one is not None)
    with pytest.raises(ValueError, match="a ratio has a base"):
        a_definition(kind, refused)


@pytest.mark.parametrize(
    ("row", "constraint"),
    [
        (("TEST", 1, "up", "share", None), "ck_definitions_kind"),
        (("TEST", 1, "sideways", "stock", None), "ck_definitions_direction"),
        (("TEST", 1, "up", "ratio", None), "ck_definitions_ratio_has_base"),
        (("TEST", 1, "up", "flow", "INC-DUE"), "ck_definitions_ratio_has_base"),
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
