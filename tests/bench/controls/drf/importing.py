"""Control of import-drf: a list of residents in CSV by Django REST framework as fast as it goes.

Checked is what an import of a register checks of a row and nothing else: each field, the check character of the number
and what it says of sex and birth, one head in a household, and whether the numbers are new, asked of a whole batch at
once. Created by `bulk_create` are the very rows that ours writes for the list, into the same tables with their
indexes. They were made before, sealed and indexed by somebody else (`SOURCE_DSN`): what is measured of them is the
making of the objects and their way into the database, not sealing, pinyin or history.

For each line of standard input the tables are emptied and filled anew, and the seconds that it took are printed: of the
clock, then of the processor. `TABLES` names them, those that are referred to first.
"""

import csv
import os
import re
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

import persons  # noqa: F401  # the settings of Django
import psycopg
from django.contrib.postgres.fields import ArrayField
from django.db import connection, models, transaction
from rest_framework import serializers

BATCH = 500
TITLES = {
    "户号": "household", "与户主关系": "relation", "姓名": "name", "公民身份号码": "number", "性别": "sex",
    "出生日期": "birth_date", "民族": "ethnic_group", "电话": "phone", "住址": "address", "迁入日期": "occurred_on",
}  # fmt: skip
SEXES = {"男": "1", "女": "2"}
RELATIONS = {"户主": "02", "妻": "12", "子": "20"}
ETHNIC_GROUPS = {"汉族": "01", "壮": "08"}
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
NUMBER = re.compile(r"[1-9][0-9]{16}[0-9X]")
PHONE = re.compile(r"1[3-9][0-9]{9}|0[0-9]{9,11}")

_COLUMNS = """
    SELECT a.attname AS name, a.atttypid::regtype::text AS type, a.attidentity <> '' AS counted
    FROM pg_attribute a WHERE a.attrelid = %s::regclass AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
    ORDER BY a.attnum
"""
_FIELDS: Mapping[str, type[models.Field]] = {
    "uuid": models.UUIDField, "text": models.TextField, "integer": models.IntegerField, "smallint": models.IntegerField,
    "bigint": models.BigIntegerField, "date": models.DateField, "timestamp with time zone": models.DateTimeField,
    "bytea": models.BinaryField, "jsonb": models.JSONField, "boolean": models.BooleanField,
}  # fmt: skip


class RowSerializer(serializers.Serializer):
    household = serializers.CharField(max_length=40)
    relation = serializers.ChoiceField(choices=list(RELATIONS.values()))
    name = serializers.CharField(max_length=200)
    number = serializers.RegexField(NUMBER)
    sex = serializers.ChoiceField(choices=["1", "2"])
    birth_date = serializers.DateField()
    ethnic_group = serializers.ChoiceField(choices=list(ETHNIC_GROUPS.values()))
    phone = serializers.RegexField(PHONE)
    address = serializers.CharField(max_length=200)
    occurred_on = serializers.DateField()

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        number = attrs["number"]
        total = sum(int(digit) * weight for digit, weight in zip(number, WEIGHTS, strict=False))
        if number[17] != "10X98765432"[total % 11]:
            raise serializers.ValidationError({"number": "checksum"})
        if number[6:14] != f"{attrs['birth_date']:%Y%m%d}" or attrs["sex"] != str(2 - int(number[16]) % 2):
            raise serializers.ValidationError({"number": "number_disagrees"})
        return attrs


def rows(path: str) -> Iterator[dict[str, str]]:
    with open(path, encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            told = {code: row[title] for title, code in TITLES.items()}
            coded = {"sex": SEXES[told["sex"]], "relation": RELATIONS[told["relation"]]}
            yield told | coded | {"ethnic_group": ETHNIC_GROUPS[told["ethnic_group"]]}


class Ready:
    """A table of ours as a model, and the rows that a list comes to."""

    def __init__(self, source: psycopg.Connection[Any], table: str) -> None:
        found = source.execute(_COLUMNS, (table,)).fetchall()
        columns = [(name, kind) for name, kind, counted in found if not counted]
        names = [name for name, _ in columns]
        numbered = next((name for name, _, counted in found if counted), None)
        fields: dict[str, Any] = {numbered: models.BigAutoField(primary_key=True)} if numbered else {}
        if not fields:
            fields[names[0]] = _field(columns[0][1], primary_key=True)
        fields |= {name: _field(kind, null=True) for name, kind in columns if name not in fields}
        meta = type("Meta", (), {"app_label": "persons", "db_table": table, "managed": False})
        self.model: Any = type(f"Ready_{table}", (models.Model,), {**fields, "Meta": meta, "__module__": __name__})
        listed = ", ".join(f'"{name}"' for name in names)
        self.rows = [
            dict(zip(names, row, strict=True))
            for row in source.execute(f"SELECT {listed} FROM {table}")  # type: ignore[arg-type]
        ]


def _field(kind: str, **options: Any) -> Any:
    if kind == "text[]":
        return ArrayField(models.TextField(), **options)
    return _FIELDS[kind](**options)


with psycopg.connect(os.environ["SOURCE_DSN"]) as ready:
    TABLES = {name: Ready(ready, name) for name in os.environ["TABLES"].split(",")}
DIGESTS = TABLES["person_digests"]


def checked(path: str) -> int:
    found, count = rows(path), 0
    heads: Counter[str] = Counter()
    households = set()
    while batch := list(islice(found, BATCH)):
        serializer = RowSerializer(data=batch, many=True)
        serializer.is_valid(raise_exception=True)
        for one in serializer.validated_data:
            households.add(one["household"])
            heads[one["household"]] += one["relation"] == RELATIONS["户主"]
        digests = [row["digest"] for row in DIGESTS.rows[count : count + BATCH]]
        assert not DIGESTS.model.objects.filter(digest__in=digests).exists()
        count += len(batch)
    assert set(heads.values()) == {1}
    assert len(heads) == len(households)
    return count


def taken_in(path: str) -> int:
    with transaction.atomic():
        count = checked(path)
        for table in TABLES.values():
            table.model.objects.bulk_create([table.model(**row) for row in table.rows], batch_size=BATCH)
    return count


def emptied() -> None:
    with connection.cursor() as cursor:
        for statement in (
            "SET session_replication_role = 'replica'",  # a chained log is emptied by nobody else
            f"TRUNCATE {', '.join(TABLES)} CASCADE",
            "SET session_replication_role = 'origin'",
        ):
            cursor.execute(statement)


for line in sys.stdin:
    emptied()
    began, spent = time.perf_counter(), time.process_time()
    count = taken_in(line.strip())
    print(count, time.perf_counter() - began, time.process_time() - spent, flush=True)
