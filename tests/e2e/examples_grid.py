"""The walk through the county, and after it the request examples of what the grid's offices do."""

from collections.abc import Callable

from tests.e2e.examples_sent import (
    CLERK,
    COUNTY,
    HANDLER,
    OFFICER,
    REGISTRAR,
    RESIDENT,
    SECOND_REGISTRAR,
    WALK,
    WORKER,
    Json,
    Known,
    Sent,
    always,
    file_of,
    in_days,
    incident,
    of,
    workbook,
)

SUPERVISOR = ("town_officer", COUNTY)
LATER = in_days(60)
"""Until when leave is asked for and given: the days of the examples pass."""


def report(name: str, **fed: str) -> Sent:
    """An incident is reported."""
    return Sent("reportIncident", WORKER, fed=always(**fed), name=name)


def orders() -> list[Sent]:
    """Orders to an assisting unit: one is finished, one sent back, and one withdrawn."""

    def numbered(number: int) -> list[Sent]:
        return [
            Sent(
                "orderIncidentAssistance", CLERK, of("treated"),
                lambda known: {"unit_id": known["assisting unit"]["id"]},
            ),
            *(
                Sent(operation, who, lambda known: {"id": known["treated"]["id"], "number": number})
                for operation, who in steps[number]
            ),
        ]  # fmt: skip

    steps: dict[int, list[tuple[str, tuple[str, ...]]]] = {
        1: [("takeIncidentOrder", HANDLER), ("finishIncidentOrder", HANDLER)],
        2: [("returnIncidentOrder", HANDLER)],
        3: [("withdrawIncidentOrder", CLERK)],
    }
    return [
        Sent("createUnit", OFFICER, fed=always(area=COUNTY, name="县城管机动中队"), name="assisting unit"),
        *(one for number in steps for one in numbered(number)),
    ]


def treated() -> list[Sent]:
    """An incident that a resident told of, with all that may happen to it until it is closed; its caller is called.

    Then it is taken up again.
    """
    it = of("treated")
    return [
        report("treated", source="resident"),
        Sent("verifyIncident", WORKER, it),
        Sent("placeIncident", CLERK, it),
        Sent("urgeIncident", CLERK, it),
        Sent("superviseIncident", SUPERVISOR, it, always(until=in_days(3))),
        Sent("liftIncidentSupervision", SUPERVISOR, it),
        Sent("fileIncident", CLERK, it),
        Sent("dispatchIncident", CLERK, it, lambda known: {"unit_id": known["unit"]["id"]}),
        Sent("acceptIncident", HANDLER, it),
        Sent("beginIncident", HANDLER, it),
        *orders(),
        Sent("askIncidentLeave", HANDLER, it, always(until=LATER)),
        Sent("refuseIncidentLeave", CLERK, it),
        Sent("askIncidentLeave", HANDLER, it, always(until=LATER)),
        Sent("grantIncidentLeave", CLERK, it),
        Sent("resumeIncident", HANDLER, it),
        Sent("suspendIncident", CLERK, it, always(until=LATER)),
        Sent("resumeIncident", HANDLER, it),
        Sent("giveIncidentFeedback", HANDLER, it),
        Sent("undoIncident", HANDLER, it),
        Sent("giveIncidentFeedback", HANDLER, it),
        Sent("checkIncident", CLERK, it),
        Sent("closeIncident", CLERK, it),
        Sent("listSatisfactionCalls", OFFICER, always(status="due"), name="calls"),
        Sent("answerSatisfactionCall", OFFICER, call_of("treated")),
        Sent("reopenIncident", CLERK, it),
    ]


def call_of(name: str) -> Callable[[Known], Json]:
    """Id of the call about an incident."""

    def found(known: Known) -> Json:
        [call] = [one for one in known["calls"]["items"] if one["incident_id"] == known[name]["id"]]
        return {"id": call["id"]}

    return found


def shortcuts() -> list[Sent]:
    """Incidents that go another way: settled on the spot, passed to the town, about the same as another one."""
    return [
        report("settled"),
        Sent("selfHandleIncident", WORKER, of("settled")),
        report("passed on"),
        Sent("transferIncident", CLERK, of("passed on")),
        *incident("main"),
        report("told twice"),
        Sent("mergeIncident", CLERK, of("told twice"), lambda known: {"into": known["main"]["id"]}),
        Sent("undoIncident", CLERK, of("told twice")),
    ]


def dictionary() -> list[Sent]:
    """A dictionary that is drafted, published for tomorrow and taken back; a table of one is checked."""
    severities = ("normal", "serious", "urgent")
    limits = [{"severity": one, "treatment": "routine", "amount": 2, "unit": "work_day"} for one in severities]
    table = workbook(
        ("类别代码", "类别名称", "等级", "时长", "计时单位"), ("environment", "环境卫生", "一般", "2", "工作日")
    )
    return [
        Sent("beginDictionaryDraft", OFFICER, name="dictionary"),
        Sent("reviseDictionaryDraft", OFFICER, of("dictionary"), always(categories=[{"limits": limits}])),
        Sent("publishDictionary", OFFICER, of("dictionary"), always(valid_from=in_days(1))),
        Sent("withdrawDictionary", OFFICER, of("dictionary")),
        Sent("discardDictionaryDraft", OFFICER, of("dictionary")),
        Sent("gridUploadFile", OFFICER, name="dictionary table", content=table),
        Sent(
            "beginDictionaryImport", OFFICER,
            fed=lambda known: {"area": COUNTY, **file_of("dictionary table")(known)},
        ),
    ]  # fmt: skip


def held(number: int) -> Callable[[Known], Json]:
    """Id of a public report that was held."""
    return lambda known: {"id": known["held"]["items"][number]["id"]}


def public_reports() -> list[Sent]:
    """What people report without a login: followed, withdrawn, filed, joined to an incident, dismissed."""
    code = "progress_code"
    return [
        *(Sent("reportInPublic", RESIDENT, name=f"reported {number}") for number in range(4)),
        Sent("showPublicProgress", RESIDENT, fed=lambda known: {code: known["reported 0"][code]}),
        Sent("withdrawPublicReport", RESIDENT, fed=lambda known: {code: known["reported 0"][code]}),
        Sent("listPublicReports", CLERK, always(status="held"), name="held"),
        Sent("filePublicReport", CLERK, held(0)),
        Sent("joinPublicReport", CLERK, held(1), lambda known: {"incident_id": known["main"]["id"]}),
        Sent("dismissPublicReport", CLERK, held(2)),
        Sent("erasePublicReport", RESIDENT, fed=lambda known: {code: known["reported 0"][code]}),
        Sent(
            "requestGridErasure", CLERK, name="grid erasure",
            fed=lambda known: {"kind": None, "holder": held(2)(known)["id"]},
        ),
        Sent("refuseGridErasure", SECOND_REGISTRAR, of("grid erasure")),
        Sent("setGridRetentionRule", REGISTRAR, name="grid rule"),
        Sent("withdrawGridRetentionRule", REGISTRAR, of("grid rule")),
    ]  # fmt: skip


def petitions() -> list[Sent]:
    """A petition to its last review, and three that go another way; and a day on which a leader receives."""
    today = in_days(0)
    it, told, asked = of("petition"), always(told_on=today), always(asked_on=today)

    def registered(name: str) -> Sent:
        return Sent("registerPetition", OFFICER, fed=always(registered_on=today), name=name)

    return [
        Sent("planReception", OFFICER, fed=always(received_on=in_days(7))),
        *(registered(name) for name in ("petition", "refused", "referred", "withdrawn")),
        Sent("refusePetition", SUPERVISOR, of("refused")),
        Sent("referPetition", SUPERVISOR, of("referred")),
        Sent("withdrawPetition", SUPERVISOR, of("withdrawn")),
        Sent("acceptPetition", SUPERVISOR, it),
        Sent("assignPetition", SUPERVISOR, it),
        Sent("undoPetitionStep", SUPERVISOR, it),
        Sent("extendPetition", SUPERVISOR, it, always(until=in_days(70))),
        Sent("answerPetition", SUPERVISOR, it, told),
        Sent("askPetitionReview", SUPERVISOR, it, asked),
        Sent("reviewPetition", OFFICER, it, told),
        Sent("askFinalPetitionReview", SUPERVISOR, it, asked),
        Sent("reviewPetitionFinally", OFFICER, it, told),
    ]


EXAMPLES = [
    *WALK,
    *treated(),
    *shortcuts(),
    *dictionary(),
    Sent("layDownEscalationRule", OFFICER, name="escalation rule"),
    Sent("amendEscalationRule", OFFICER, of("escalation rule")),
    Sent("retireEscalationRule", OFFICER, of("escalation rule")),
    *public_reports(),
    *petitions(),
    Sent("enterVisitRule", OFFICER, fed=always(tag_code="example"), name="visit rule"),
    Sent("endVisitRule", OFFICER, of("visit rule")),
    Sent("enterDuty", OFFICER, name="duty"),
    Sent("endDuty", OFFICER, of("duty")),
]
"""Every operation that takes a body is among them."""
