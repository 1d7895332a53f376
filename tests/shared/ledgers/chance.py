"""Ledgers made by chance within the grammar, with records that they accept: the same for the same seed."""

from collections.abc import Mapping
from datetime import date, timedelta
from random import Random
from typing import Any

from shared.errors import Invalid
from shared.ledgers.compiler import Ledger
from shared.ledgers.compiler.code_lists import CODE_LISTS
from shared.ledgers.grammar.fields import FieldDefinition
from shared.ledgers.grammar.words import FieldType

JSON = dict[str, Any]
TODAY = date(2026, 11, 28)

OPEN = ("integer", "decimal", "money", "percent", "boolean", "date", "time", "choice", "choices", "code", "department")
WORDS = ("text", "long_text", "area", "point", "file")
OF_PERSONS = ("name", "phone", "identity_number", "address")
_PERMISSIONS = ("record.write", "record.check", "record.decide")
_DEPARTMENTS = ("health", "education", "transport", "water", "civil_affairs")
_TEXTS = (
    *(
        "村口",
        "=1+1",
        "-3",
        "+86",
        "@甲",
        "0012",
        "12.50",
        "2026-01-02",
        "甲,乙",
        '说"好"',
        "a;b",
        "第一行\n第二行",
        "𠮷田",
    ),
    *("是", "否", "合", "%", "a'b", "１２", "true"),
)
_WEIGHTS, _CHECKS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2), "10X98765432"


class Chance:
    """One definition and its records out of one seed."""

    def __init__(self, seed: int, owner: str = "grid") -> None:
        self.random = Random(seed)
        self.definition = self._definition(f"chance_{seed}", owner)

    def _some(self, share: float) -> bool:
        return self.random.random() < share

    def _definition(self, code: str, owner: str) -> JSON:
        statuses, steps = self._lifecycle()
        fields = [
            {"name": "serial", "title": "序号码", "type": "text", "required": True, "search": True},
            {"name": "day", "title": "登记日", "type": "date", "required": True, "bounds": {"not_after_today": True}},
            *(self._field(f"f{at}", f"项目{at}甲") for at in range(self.random.randint(1, 12))),
        ]
        for field in fields[2:]:
            if self._some(0.2) and field["type"] not in ("point", "file"):
                field["required_in"] = [self.random.choice(statuses[1:])["code"]]
        self._cascade(fields)
        rows = [self._rows(at) for at in range(self.random.choice([0, 0, 1, 2]))]
        names = {kind: [one["name"] for one in fields[1:] if one["type"] == kind] for kind in ("integer", "date")}
        plain = [
            one for one in fields[1:] if one["type"] in OPEN and one.get("privacy") not in ("personal", "restricted")
        ]
        published = ["day", *(one["name"] for one in plain if one["name"] != "day" and self._some(0.7))]
        for step in steps:
            step["fills"] = [one["name"] for one in fields[2:]] + [one["name"] for one in rows]
        made: JSON = {
            "code": code, "title": "偶成台账", "owner": owner, "source": "测试", "levels": ["village"],
            "unique": [["serial"]], "fields": fields, "rows": rows, "statuses": statuses, "steps": steps,
            "rules": self._rules(names, rows), "computed": self._computed(names), "published": published,
            "measures": self._measures(plain, published, statuses),
        }  # fmt: skip
        if self._some(0.5):
            made["clock"] = {"limits": [self._limit(statuses)]}
        if self._some(0.5):
            made["layout"] = {
                "columns": [{"field": "serial", "title": "编码", "synonyms": ["号"]}],
                "entered": [{"status": statuses[-1]["code"], "title": "终结日"}],
                "list_columns": ["serial"],
            }
        return made

    def _lifecycle(self) -> tuple[list[JSON], list[JSON]]:
        """A tree of statuses, here and there with a way back."""
        count = self.random.randint(2, 6)
        above = {at: self.random.randint(0, at - 1) for at in range(1, count)}
        left = set(above.values())
        statuses = [
            {"code": f"s{at}", "title": f"状态{at}丙", "initial": at == 0, "final": at not in left}
            for at in range(count)
        ]
        steps: list[JSON] = [self._step(f"go{at}", f"s{origin}", f"s{at}") for at, origin in above.items()]
        for at, origin in above.items():
            if at in left and self._some(0.3):
                steps.append(self._step(f"back{at}", f"s{at}", f"s{origin}"))
            elif at not in left and self._some(0.2):
                steps.append({**self._step(f"reopen{at}", f"s{at}", f"s{origin}"), "reopens": True, "reason": True})
        return statuses, steps

    def _step(self, verb: str, origin: str, to: str) -> JSON:
        made: JSON = {"verb": verb, "title": verb, "from": [origin], "to": to}
        made["permission"] = self.random.choice(_PERMISSIONS)
        if self._some(0.2):
            made["reason"] = True
        if self._some(0.2):
            made["four_eyes"] = ["open"]
        if self._some(0.2):
            made["level"] = self.random.choice(["village", "town", "county"])
        return made

    def _field(self, name: str, title: str, *, in_rows: bool = False) -> JSON:
        kinds = (*OPEN, *WORDS[:3], *OF_PERSONS) if in_rows else (*OPEN, *WORDS, *OF_PERSONS)
        kind = self.random.choice(kinds)
        made: JSON = {"name": name, "title": title, "type": kind}
        sealed = kind in OF_PERSONS
        made["privacy"] = self.random.choice(
            ["personal", "restricted"] if sealed else ["public", "internal", "internal", "internal", "personal"]
        )
        if kind in ("point", "file"):
            return made
        if self._some(0.3):
            made["required"] = True
        if kind in ("choice", "choices"):
            made["choices"] = [{"code": f"c{at}", "title": f"选项{at}"} for at in range(self.random.randint(2, 5))]
        elif kind == "code":
            made["code_list"] = self.random.choice(sorted(CODE_LISTS))
        elif kind in ("decimal", "percent"):
            made["scale"] = self.random.randint(0, 4)
        elif kind in ("integer", "money") and self._some(0.5):
            made["bounds"] = {"min": -5, "max": 10_000}
        elif kind == "text" and self._some(0.3):
            made["bounds"] = {"max_length": 40}
        if not in_rows and kind not in ("long_text", "address") and self._some(0.3):
            made["search"] = True
        if not sealed and made["privacy"] in ("public", "internal") and kind == "boolean" and self._some(0.5):
            made["default"] = True
        return made

    def _cascade(self, fields: list[JSON]) -> None:
        choices = [one for one in fields if one["type"] == "choice"]
        if len(choices) < 2:
            return
        over, below = choices[0], choices[1]
        below["depends_on"] = over["name"]
        for one in below["choices"]:
            one["parent"] = self.random.choice(over["choices"])["code"]

    def _rows(self, at: int) -> JSON:
        fields = [
            self._field(f"r{number}", f"列{number}丁", in_rows=True) for number in range(self.random.randint(1, 4))
        ]
        least = self.random.randint(0, 1)
        return {
            "name": f"t{at}",
            "title": f"子表{at}戊",
            "min": least,
            "max": self.random.randint(2, 5),
            "fields": fields,
        }

    def _rules(self, names: Mapping[str, list[str]], rows: list[JSON]) -> list[JSON]:
        made: list[JSON] = []
        for other in names["date"][1:3]:
            that = f"record.{other} == null || record.{other} >= record.day || record.{other} < record.day"
            made.append({"id": f"date_{other}", "field": other, "message": "日期不符", "that": that})
        for one in names["integer"][:2]:
            that = f"record.{one} == null || record.{one} <= 9000"
            made.append({"id": f"most_{one}", "field": one, "message": "过大", "that": that})
        if rows and rows[0]["fields"][0]["type"] in ("text", "integer", "choice") and self._some(0.5):
            made.append({"id": "rows", "message": "行数过多", "that": f"size(record.{rows[0]['name']}.r0) <= 4"})
        return made

    def _computed(self, names: Mapping[str, list[str]]) -> list[JSON]:
        made: list[JSON] = []
        if names["integer"] and self._some(0.7):
            value = f"record.{names['integer'][0]} * 2 + 1"
            made.append({"name": "twice", "title": "两倍己", "type": "integer", "value": value})
        if len(names["date"]) > 1 and self._some(0.7):
            value = f"days(record.day, record.{names['date'][1]})"
            made.append({"name": "after", "title": "相隔己", "type": "integer", "value": value})
        return made

    def _measures(self, plain: list[JSON], published: list[str], statuses: list[JSON]) -> list[JSON]:
        words = {"unit": "件", "meaning": "偶成"}
        last = statuses[-1]["code"]
        made: list[JSON] = [
            {"code": "all", "title": "全部", "kind": "flow", "date": "day", **words},
            {"code": "there", "title": "在册", "kind": "stock", "date": "day", "until": [f"entered:{last}"], **words},
            {"code": "ended", "title": "终结", "kind": "flow", "date": f"entered:{last}", **words},
        ]
        for one in plain:
            if one["name"] not in published:
                continue
            if one["type"] in ("choice", "boolean", "code", "department"):
                made[0]["dimension"] = one["name"]
            if one["type"] in ("integer", "decimal", "money", "percent"):
                made.append({"code": f"sum_{one['name']}", "title": "合计", "kind": "flow", "date": "day",
                             "sum": one["name"], "where": f"status != '{last}'", **words})  # fmt: skip
        return made[:10]

    def _limit(self, statuses: list[JSON]) -> JSON:
        unit = self.random.choice(["day", "work_day", "hour", "work_hour"])
        ends = [one["code"] for one in statuses[1:] if one["final"]]
        warnings = [{"id": "soon", "title": "将到", "amount": 1}]
        return {
            "id": "limit",
            "title": "时限",
            "starts": "s0",
            "ends": ends,
            "amount": 5,
            "unit": unit,
            "warnings": warnings,
        }

    def values(self, ledger: Ledger, serial: str, status: str, *, tries: int = 200) -> JSON:
        """Values of a record that the ledger accepts in a status."""
        for _ in range(tries):
            sent: JSON = {"serial": serial, "day": self._day()}
            needed = set(ledger.required(status)) | set(ledger.required(ledger.initial))
            for name, field in ledger.fields.items():
                if name in sent or field.type in (FieldType.POINT, FieldType.FILE):
                    continue
                if name in needed or self._some(0.7):
                    sent[name] = self._value(field, sent)
            for name, rows in ledger.rows.items():
                count = self.random.randint(rows.min, rows.max)
                sent[name] = [
                    {one.name: self._value(one, {}) for one in rows.fields if one.required or self._some(0.8)}
                    for _ in range(count)
                ]
                sent[name] = [row for row in sent[name] if row]
            try:
                values = ledger.accept({key: one for key, one in sent.items() if one is not None}, today=TODAY)
            except Invalid:
                continue
            if not ledger.problems(values, status, today=TODAY):
                return {key: one for key, one in sent.items() if one is not None}
        raise AssertionError(f"no record for {ledger.code} in {tries} tries")

    def _day(self) -> str:
        return (TODAY - timedelta(days=self.random.randint(1, 700))).isoformat()

    def _value(self, field: FieldDefinition, beside: JSON) -> Any:
        match field.type:
            case FieldType.INTEGER:
                return self.random.randint(0, 200)
            case FieldType.MONEY:
                return self.random.choice([0, 5, 100, 9_999])
            case FieldType.DECIMAL | FieldType.PERCENT:
                scale = 2 if field.scale is None else field.scale
                return f"{self.random.randint(-9_999, 99_999) / 10**scale:.{scale}f}"
            case FieldType.BOOLEAN:
                return self._some(0.5)
            case FieldType.DATE:
                return self._day()
            case FieldType.TIME:
                return f"{self.random.randint(0, 23):02}:{self.random.randint(0, 59):02}"
            case FieldType.CHOICE:
                fitting = [
                    one.code for one in field.choices if one.parent in (None, beside.get(field.depends_on or ""))
                ]
                return self.random.choice(fitting) if fitting else None
            case FieldType.CHOICES:
                codes = [one.code for one in field.choices]
                return self.random.sample(codes, self.random.randint(1, len(codes)))
            case FieldType.CODE:
                return self.random.choice(sorted(CODE_LISTS[field.code_list or ""]))
            case FieldType.DEPARTMENT:
                return self.random.choice(_DEPARTMENTS)
            case FieldType.AREA:
                return "450481114201"
            case FieldType.PHONE:
                return f"138{self.random.randint(0, 10**8 - 1):08}"
            case FieldType.IDENTITY_NUMBER:
                return self._number()
            case FieldType.NAME:
                return self.random.choice(["张三丰", "欧阳修远", "阿依古丽·买买提", "李四"])
            case FieldType.ADDRESS:
                return f"示例街{self.random.randint(1, 99)}号"
            case _:
                return self.random.choice(_TEXTS)

    def _number(self) -> str:
        day = date(1950, 1, 1) + timedelta(days=self.random.randint(0, 20_000))
        digits = f"450481{day:%Y%m%d}{self.random.randint(1, 999):03}"
        return digits + _CHECKS[sum(int(one) * weight for one, weight in zip(digits, _WEIGHTS, strict=True)) % 11]
