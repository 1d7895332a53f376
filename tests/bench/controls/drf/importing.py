"""Control of import-drf: a list of residents in CSV by Django REST Framework as fast as it goes, and nothing else on.

Each batch is one list serializer, which checks the fields of every row; whether numbers are new is asked of the whole
batch at once, not row by row as a unique validator does; people and what is announced of them are created by
`bulk_create`, a batch in one transaction. For each line of standard input the table is emptied and filled anew, and the
seconds that it took are printed: of the clock, then of the processor.
"""

import csv
import sys
import time
from collections.abc import Iterator, Mapping
from itertools import islice

import orjson
import persons
from django.db import transaction
from rest_framework import serializers

BATCH = 500
TITLES = {
    "姓名": "name", "公民身份号码": "number", "性别": "sex", "出生日期": "birth_date", "电话": "phone",
    "住址": "address",
}  # fmt: skip
SEXES = {"男": "1", "女": "2"}


class Many(serializers.ListSerializer):
    def create(self, validated_data: list[Mapping[str, str]]) -> list[persons.NewPerson]:
        return persons.NewPerson.objects.bulk_create([persons.NewPerson(**one) for one in validated_data])


class RowSerializer(serializers.ModelSerializer):
    class Meta:
        model, list_serializer_class = persons.NewPerson, Many
        fields = ("id", "name", "number", "sex", "birth_date", "phone", "address", "area")
        read_only_fields = ("id",)
        extra_kwargs = {"number": {"validators": []}}  # noqa: RUF012  # asked of a whole batch below


def rows(path: str) -> Iterator[dict[str, str]]:
    with open(path, encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            person = {code: row[title] for title, code in TITLES.items()}
            yield person | {"sex": SEXES[person["sex"]], "area": "450481100201"}


def taken_in(path: str) -> int:
    found, count = rows(path), 0
    while batch := list(islice(found, BATCH)):
        serializer = RowSerializer(data=batch, many=True)
        serializer.is_valid(raise_exception=True)
        numbers = [one["number"] for one in batch]
        with transaction.atomic():
            assert not persons.NewPerson.objects.filter(number__in=numbers).exists()
            made = serializer.save()
            told = [
                persons.Announced(key=one.id, payload=orjson.dumps(row)) for one, row in zip(made, batch, strict=True)
            ]
            persons.Announced.objects.bulk_create(told)
        count += len(batch)
    return count


for line in sys.stdin:
    persons.NewPerson.objects.all().delete()
    persons.Announced.objects.all().delete()
    began, spent = time.perf_counter(), time.process_time()
    count = taken_in(line.strip())
    print(count, time.perf_counter() - began, time.process_time() - spent, flush=True)
