"""What a draft of a definition is refused for, and the version that a good one makes."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date

from services.indicators.contributions.service.compiling import Form, Rule, WrongRule, compiled
from services.indicators.contributions.service.nouns import NOUNS
from services.indicators.definitions.domain.definition import Definition, Kind, Measure
from services.indicators.definitions.domain.refusals import DefinitionOpensInThePast, DefinitionWrong
from services.indicators.definitions.domain.versions import Version, Versions, made_of
from services.indicators.definitions.service.grammar import DraftContent
from shared.errors import FieldError

LEAST = 5
"""Of what a county defines over people: counts from 1 to below this are told to nobody."""

PER_CENT, DAYS = "%", "天"

MOST_TIMES = 1_000_000
"""How many times an indicator may count in a composite in the end, so that every value is a number of the database."""

DEEPEST = 12
"""How far definitions may rest on one another."""

READ_BY = {
    "registry.household": "household.read",
    "registry.consent_count": "consent.read",
    "services_hall.case": "case.read",
    "services_hall.matter": "case.read",
    "services_hall.rating": "rating.read",
    "services_hall.rectification": "rating.read",
    "grid.visit": "visit.read",
    "grid.restricted_visit": "visit.restricted",
    "registry.restricted_tag": "tag.restricted",
    "registry.tag": "tag.read",
    "registry.transfer": "life_event.record",
    "registry.correction": "person.correct",
}
"""Who reads the records that are counted, and so is told exact figures; of other people's records `person.read`."""

NEEDED: dict[Kind, tuple[str, ...]] = {
    Kind.STOCK: ("counted", "part"),
    Kind.FLOW: ("counted", "part"),
    Kind.PERCENTILE: ("counted",),
    Kind.RATIO: ("share",),
    Kind.COMPOSITE: ("terms",),
    Kind.REPORTED: ("reported",),
}
"""What a kind is made of: one of these."""

FORMS = {Kind.STOCK: Form.STOCK, Kind.FLOW: Form.FLOW, Kind.PERCENTILE: Form.DURATION}


def checked(content: DraftContent, known: Versions, today: date) -> tuple[Version, Rule | None]:
    """The version that a draft would become, and its counting rule if it has one.

    Raises `DefinitionWrong` with every error by its place, `DefinitionOpensInThePast`.
    """
    errors = list(_of_kind(content))
    rule = None
    if content.counted is not None and content.kind in FORMS and not errors:
        try:
            rule = compiled(content.counted, FORMS[content.kind])
        except WrongRule as wrong:
            errors += wrong.errors
    before = known.of(content.code)
    errors += _of_nature(content, before)
    needs = _needs(content)
    unknown = [FieldError(place, "unknown_indicator", "没有这个指标") for place, code in needs if not known.of(code)]
    errors += unknown
    if not unknown:
        errors += _cycles(content.code, [code for _, code in needs], known)
    if errors:
        raise DefinitionWrong(content.code, errors=errors)
    opens_on = content.opens_on or (today if before else None)
    if before and opens_on is not None and opens_on < max([today, *(one.opens_on for one in before if one.opens_on)]):
        raise DefinitionOpensInThePast.at("opens_on", subject=content.code)
    version = _version(content, before, rule, opens_on)
    parts = [known.on(code, max(today, opens_on or today)) for code in version.needs]
    errors = [*_of_parts(content, parts, known)] or [
        *_of_making(version, known.also(version), version.opens_on or today)
    ]
    if errors:
        raise DefinitionWrong(content.code, errors=errors)
    return version, rule


def same_rule(one: Version, other: Version) -> bool:
    """Whether two versions count the same, so that the newer one goes on with the measure of the older."""
    return (one.formula, one.scale, one.kind) == (other.formula, other.scale, other.kind)


def as_definition(version: Version, known: Versions, day: date) -> Definition:
    """What a version that is not published yet would be on a day."""
    return made_of(version, [known.on(code, day) for code in version.needs])


def counts_restricted(content: DraftContent, known: Versions) -> bool:
    """Whether a draft counts what is restricted, or an earlier version of the indicator or of its parts ever did."""
    noun = None if content.counted is None else NOUNS.get(content.counted.noun)
    codes = [content.code, *(code for _, code in _needs(content))]
    return (noun is not None and noun.restricted) or any(known.is_restricted(one) for one in codes if known.of(one))


def _of_kind(content: DraftContent) -> Iterator[FieldError]:
    given = [name for name in ("counted", "part", "share", "terms", "reported") if getattr(content, name)]
    if len(given) != 1 or given[0] not in NEEDED[content.kind]:
        yield FieldError("kind", "made_of_other", "所填内容与指标类别不符：请只填该类别需要的一项")
    if (content.percentile is None) == (content.kind is Kind.PERCENTILE):
        yield FieldError("percentile", "percentile_of_percentile", "只有时长分位数须填百分位")
    if content.kind is Kind.RATIO and content.unit != PER_CENT:
        yield FieldError("unit", "unit_of_ratio", "比率的单位应为 %")
    if content.kind is Kind.PERCENTILE and content.unit != DAYS:
        yield FieldError("unit", "unit_of_percentile", "时长的单位应为天")
    if content.kind is Kind.COMPOSITE and len(content.terms) < 2:
        yield FieldError("terms", "terms_few", "合成指标至少由两个指标组成")
    if any(one.factor == 0 for one in content.terms):
        yield FieldError("terms", "factor_zero", "系数不得为 0")
    decimal = content.kind is Kind.REPORTED or (content.counted is not None and content.counted.sum is not None)
    if content.scale and not decimal:
        yield FieldError("scale", "scale_of_sums", "只有求和与填报的指标有小数位")


def _of_nature(content: DraftContent, before: Sequence[Version]) -> Iterator[FieldError]:
    """What an indicator is stays, through all its versions: another kind or unit is another indicator."""
    if before:
        for name in ("kind", "unit", "scale"):
            if getattr(content, name) != getattr(before[-1], name):
                yield FieldError(name, "nature_changes", "同一指标的类别、单位和小数位不得更改，请另设指标")


def _needs(content: DraftContent) -> list[tuple[str, str]]:
    if content.share is not None:
        return [("share.numerator", content.share.numerator), ("share.denominator", content.share.denominator)]
    if content.part is not None:
        return [("part.code", content.part.code)]
    return [(f"terms.{place}.code", one.code) for place, one in enumerate(content.terms)]


def _cycles(code: str, needs: Sequence[str], known: Versions) -> Iterator[FieldError]:
    """An indicator that rests on itself, at whatever distance, by name."""
    paths: list[tuple[str, tuple[str, ...]]] = [(one, (code, one)) for one in needs]
    seen = set[str]()
    while paths:
        at, path = paths.pop()
        if at == code:
            yield FieldError("code", "indicator_cycle", f"指标互相引用：{' → '.join(path)}")
            return
        if at in seen:
            continue
        seen.add(at)
        further = {need for version in known.of(at) for need in version.needs}
        paths += [(one, (*path, one)) for one in sorted(further)]


def _of_parts(content: DraftContent, parts: Sequence[Definition], known: Versions) -> Iterator[FieldError]:
    if content.part is not None:
        (whole,) = parts
        if not whole.count.whole or content.part.dimension.partition(":")[0] not in whole.axes:
            yield FieldError("part.dimension", "no_axis", "该指标不按此分组统计")
        if whole.kind is not content.kind or whole.unit != content.unit:
            yield FieldError("kind", "part_of_other", "部分的类别和单位应与整体相同")
        return
    places = [place for place, _ in _needs(content)]
    for place, part in zip(places, parts, strict=True):
        if not part.additive:
            yield FieldError(place, "indicator_not_additive", "比率和时长分位数不能再参与计算")
    if len({part.stands for part in parts}) > 1:
        yield FieldError(places[0], "indicator_kinds_mixed", "存量与流量不能一起计算")
    if content.share is not None:
        of, base = parts
        if (of.unit, of.scale) != (base.unit, base.scale):
            yield FieldError("share.denominator", "indicator_units_differ", "分子与分母的单位不同")
        elif not _may_be_part(of.code, base.code, known):
            yield FieldError(
                "share.numerator", "numerator_outside", "分子与分母的来源或统计日不同，分子不是分母的一部分"
            )
    for place, part in zip(places, parts, strict=True):
        if content.terms and (part.unit, part.scale) != (content.unit, content.scale):
            yield FieldError(place, "indicator_units_differ", "相加减的指标单位不同")


def _of_making(version: Version, known: Versions, day: date) -> Iterator[FieldError]:
    """What is wrong with the indicator, and with all that rests on it, once this version is among those known."""
    for code in sorted(known.resting_on(version.code)):
        if _depth(code, known) > DEEPEST:
            yield FieldError("code", "indicator_too_deep", f"{code} 层层引用过多，请直接引用基础指标")
            return
    for code in sorted(known.resting_on(version.code)):
        for at in (max(day, version.opens_on or day), date.max):
            yield from _of_terms(code, known, at, own=code == version.code)


def _of_terms(code: str, known: Versions, day: date, *, own: bool) -> Iterator[FieldError]:
    """A composite of counts of people says no more than they do: each once, and nothing exact beside them.

    Five times a count, or a count beside what is told exactly, would be told to the last one, however small it is.
    """
    definition, version = known.on(code, day), known.of(code)[-1]
    if "terms" not in (version.formula or {}):
        return
    factors = [abs(factor) for factor, _ in definition.count.terms]
    parts = [known.on(one, day) for one in version.needs]
    if max(factors) > MOST_TIMES:
        yield FieldError("terms", "factors_too_large", f"{code} 的系数相乘后过大")
    if definition.least and (max(factors) > 1 or (own and not all(part.least for part in parts))):
        yield FieldError(
            "terms", "people_many_times", f"{code} 由人数合成：各项只能加减一次，且不得与准确公布的指标混合"
        )


def _depth(code: str, known: Versions) -> int:
    """How far down it rests on others."""
    depth, at = 0, {code}
    while at := {need for one in at for version in known.of(one) for need in version.needs}:
        depth += 1
        if depth > DEEPEST:
            break
    return depth


def _may_be_part(code: str, base: str, known: Versions) -> bool:
    """Whether a numerator may lie in its denominator: two counting rules count the same noun on the same day."""
    rules = [(known.of(one)[-1].formula or {}).get("counted") for one in (code, base)]
    if None in rules:
        return True
    one, other = rules
    assert one is not None
    assert other is not None
    return all(one.get(name) == other.get(name) for name in ("noun", "day", "until", "since", "sum", "place"))


def _version(content: DraftContent, before: Sequence[Version], rule: Rule | None, opens_on: date | None) -> Version:
    number = before[-1].version + 1 if before else 1
    people = rule is not None and rule.noun.about_people
    formula = content.formula()
    version = Version(
        code=content.code,
        version=number,
        name=content.name,
        unit=content.unit,
        direction=content.direction.value,
        kind=content.kind.value,
        meaning=content.meaning,
        department=content.department,
        measure=Measure(f"{content.code}@{number}") if rule is not None else None,
        base=None,
        restricted=rule is not None and rule.noun.restricted,
        axes=tuple(content.counted.parts) if content.counted is not None else (),
        scale=content.scale,
        least=LEAST if people else 0,
        retired=False,
        read_by=READ_BY.get(rule.noun.name, "person.read") if people and rule is not None else None,
        formula=formula,
        percentile=content.percentile,
        opens_on=opens_on,
        ends_on=None,
    )
    if before and rule is not None and before[-1].measure is not None and same_rule(before[-1], version):
        return replace(version, measure=before[-1].measure)
    return version
