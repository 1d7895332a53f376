"""The request examples of the published document as one walk through a county: in which order, by whom, with which ids.

An example stands in the document by itself. What it cannot know is fed in when it is sent: ids, versions and sealed
texts that an earlier answer gave, the ground on which this county's grids lie, and another name for a second newborn,
whom the duplicate check would take for the first. Nothing else of it is changed.
"""

import io
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import openpyxl
import yaml

from deploy.local.stack.deployment import ROOT
from shared.clock import SHANGHAI
from tests.e2e.examples_agents import carried

VILLAGE, COUNTER, COUNTY = "450481100201", "450481114201", "450481"
GROUND = "450481114202"
SPLIT = "450481114203"
"""Of a village in which grids are changed."""
GRID, NEXT_GRID = f"{GROUND}001", f"{GROUND}002"
"""Of a village of its own: the story, which is told to the same county, needs those of the counter's."""
REGISTRAR, OFFICER, OPERATOR = ("county_registrar", COUNTY), ("county_officer", COUNTY), ("operator", COUNTY)
SECOND_OFFICER = ("county_officer", COUNTY, "", "second-officer")
SECOND_REGISTRAR = ("county_registrar", COUNTY, "", "second-registrar")
THIRD_REGISTRAR = ("county_registrar", COUNTY, "", "third-registrar")
CLERK, WORKER = ("village_clerk", COUNTER), ("grid_worker", COUNTER)
CALLER = ("village_clerk", COUNTER, "", "who-calls")
NEIGHBOUR = ("village_clerk", VILLAGE)
RESIDENT, AUDITOR = ("resident", VILLAGE), ("auditor", COUNTY)
HEAD_NUMBER = "45048119900307019X"
"""Of the head of the household of the examples."""
LEFT, LEFT_NUMBER = ("resident", VILLAGE, "", "who-left"), "450481198502020037"
"""Somebody who moved out of the county, with a login of the own."""
HANDLER = ("department_officer", COUNTY, "urban_management")
ACCOUNTS = yaml.load((ROOT / "services/grid/ledgers/relief_fund.yaml").read_text(encoding="utf-8"), yaml.CSafeLoader)[
    "accounts"
]
LETTER = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
Json = dict[str, Any]
Known = Mapping[str, Json]
"""Answers so far, by the name of their step."""
Feeding = Callable[[Known], Any]


class Instead(dict[str, Any]):
    """What stands in the place of an example's whole, with nothing of it left."""


def nothing(_: Known) -> Json:
    """What is fed to an example that knows everything."""
    return {}


@dataclass(frozen=True)
class Sent:
    """One example: which operation, by whom. `ids`: of the path. `fed`: fields that an earlier answer gives.

    `name`: under which later steps find the answer; the operation's id if none is given. `content`: of an operation
    that takes a file, for which no document can hold an example.
    """

    operation: str
    who: tuple[str, ...]
    ids: Callable[[Known], Json] = nothing
    fed: Callable[[Known], Json] = nothing
    name: str = ""
    content: bytes | None = None


def whole_town(known: Known) -> Json:
    """The file of a town as it is: the example's two lines would end all its other villages."""
    levels = {9: 4, 12: 5}
    rows = [
        {
            "code": one["code"].ljust(12, "0"),
            "name": one["name"],
            "level": levels[one["level"]],
            "parent_code": one["parent"].ljust(12, "0"),
        }
        for one in known["town"]["items"]
        if one["valid_to"] is None
    ]
    return {"rows": rows, "digest": known["edition"]["digest"], "moves": []}


def head_of(known: Known) -> Any:
    """Id of the first member of the household."""
    return known["household"]["members"][0]["person_id"]


def always(**what: Any) -> Callable[[Known], Json]:
    """What needs no earlier answer."""
    return lambda _: {**what}


def file_of(name: str) -> Callable[[Known], Json]:
    """The file of an earlier answer."""
    return lambda known: {"file": known[name]["id"]}


def of(name: str, key: str = "id") -> Callable[[Known], Json]:
    """Path ids: `id` is what an earlier answer holds under the key."""
    return lambda known: {"id": known[name][key]}


def incident(name: str) -> list[Sent]:
    """An incident that is reported and filed."""
    return [
        Sent("reportIncident", WORKER, name=name),
        Sent("fileIncident", CLERK, of(name)),
        Sent("dispatchIncident", CLERK, of(name), lambda known: {"unit_id": known["unit"]["id"]}),
    ]


def head(known: Known) -> str:
    """The head of the household of the examples, who is found by the number."""
    return str(known["found"]["items"][0]["id"])


def heir(new: Feeding, old: Feeding) -> Sent:
    """Another head of the household of the examples, and on the same day the first one again."""
    return Sent(
        "changeHouseholdHead", REGISTRAR, of("household"),
        lambda known: {
            "new_head": {"head": new(known), "relations": [{"person_id": old(known), "relation": "10"}]}
        },
    )  # fmt: skip


def low(known: Known) -> Json:
    """The rectification that a low rating has opened."""
    return {"id": known["rectifications"]["items"][0]["id"]}


def rated() -> list[Sent]:
    """The closing of the case is rated by a link, and by phone; what was low is put right."""

    def by_link(known: Known) -> Json:
        return {"token": known["rating link"]["token"]}

    return [
        Sent("issueRatingLink", CLERK, of("case"), name="rating link"),
        Sent("lookAtRatingLink", CLERK, fed=by_link),
        Sent("rateContact", CLERK, fed=by_link),
        Sent("withdrawContactRating", CLERK, fed=by_link),
        Sent("recordRating", CALLER, of("case"), lambda _: {"level": 1, "channel": "phone"}),
        Sent("listRectifications", OFFICER, always(status="open"), name="rectifications"),
        Sent("callBackRectification", CALLER, low),
        Sent("rectifyRating", CLERK, low),
        Sent("appealRating", CLERK, low),
        Sent("reviewRatingAppeal", SECOND_OFFICER, low),
        Sent("reopenRectification", SECOND_OFFICER, low),
    ]


def worklist() -> list[Sent]:
    """Who is at work is given a task, and will be away; cases are looked for, and handled together."""
    return [
        Sent("signOn", CLERK, name="clerk at work"),
        Sent("signOn", CALLER, name="caller at work"),
        Sent("listTasks", CLERK, always(status="submitted"), name="tasks"),
        Sent(
            "assignTask", OFFICER, lambda known: {"id": known["tasks"]["items"][0]["id"]},
            lambda known: {"officer": known["clerk at work"]["items"][0]["officer"]},
        ),
        Sent(
            "recordAbsence", OFFICER,
            fed=lambda known: {
                "officer": known["clerk at work"]["items"][0]["officer"],
                "substitute": known["caller at work"]["items"][0]["officer"],
            },
        ),
        Sent("searchCases", CLERK),
        Sent("completeCasesAtOnce", OFFICER, fed=lambda known: {"cases": [{"id": known["case"]["id"]}]}),
    ]  # fmt: skip


def halves(known: Known) -> list[Json]:
    """The western and the eastern half of the grid that is split."""
    xs, ys = ({corner[axis] for corner in known["old grid"]["polygon"]} for axis in (0, 1))
    west, east, south, north = min(xs), max(xs), min(ys), max(ys)
    middle = round((west + east) / 2, 6)
    return [
        {
            "code": f"{SPLIT}{number}",
            "villagers_group": 1,
            "polygon": [[one, south], [other, south], [other, north], [one, north], [one, south]],
        }
        for number, one, other in (("011", west, middle), ("012", middle, east))
    ]


def grids() -> list[Sent]:
    """Staff of a grid; a grid that is split, a resident of it who is placed, and the split undone."""
    return [
        Sent("getGrid", OFFICER, lambda _: {"code": f"{SPLIT}001"}, name="old grid"),
        Sent(
            "drawGeoJson", OFFICER,
            fed=lambda known: {
                "features": [
                    {
                        "type": "Feature",
                        "geometry": {"type": "Polygon", "coordinates": [known["old grid"]["polygon"]]},
                        "properties": {"code": f"{SPLIT}021", "kind": "micro"},
                    }
                ]
            },
        ),
        Sent("appointStaff", OFFICER, fed=lambda _: {"grid": f"{SPLIT}001"}, name="staff"),
        Sent("endStaff", OFFICER, of("staff")),
        Sent("undoStaff", OFFICER, of("staff")),
        Sent("listPersons", REGISTRAR, lambda _: {"area": f"{SPLIT}001"}, name="settlers"),
        Sent(
            "changeGrids", OFFICER,
            fed=lambda known: {
                "ends": [{"code": f"{SPLIT}001"}], "draws": halves(known), "redraws": [], "heir": None, "residents": [],
            },
            name="change of grids",
        ),
        Sent(
            "placeResidents", OFFICER, of("change of grids"),
            lambda known: {
                "residents": [
                    {"person_id": known["settlers"]["items"][0]["id"], "code": f"{SPLIT}011", "point": None}
                ]
            },
        ),
        Sent("undoGridChange", OFFICER, of("change of grids")),
    ]  # fmt: skip


def households() -> list[Sent]:
    """A member who leaves with a household of its own, and comes back; then the household ends.

    The member is named otherwise than the example's newborn, who is registered already.
    """
    return [
        Sent("registerPerson", REGISTRAR, fed=lambda _: {"name": "王建国"}, name="sibling"),
        Sent("addHouseholdMember", REGISTRAR, of("household"), lambda known: {"person_id": known["sibling"]["id"]}),
        heir(lambda known: known["sibling"]["id"], head),
        heir(head, lambda known: known["sibling"]["id"]),
        Sent(
            "splitHousehold", REGISTRAR, of("household"),
            lambda known: {"members": [{"person_id": known["sibling"]["id"]}]}, name="split",
        ),
        Sent(
            "mergeHouseholds", REGISTRAR, of("household"),
            lambda known: {
                "household_id": known["split"]["founded"]["id"],
                "relations": [{"person_id": known["sibling"]["id"]}],
            },
        ),
        Sent("dissolveHousehold", REGISTRAR, of("household")),
    ]  # fmt: skip


def proofs() -> list[Sent]:
    """A resident proves to be there at the counter of another village."""
    return [
        Sent("issueProofCode", REGISTRAR, lambda known: {"id": head(known)}, name="code"),
        Sent("openProof", REGISTRAR, fed=lambda known: {"phone": None, "code": known["code"]["code"]}, name="proof"),
        Sent("signProvenExtract", REGISTRAR, of("proof")),
        Sent("closeProof", REGISTRAR, of("proof")),
    ]


def own_data() -> list[Sent]:
    """The head binds the own login, asks for a correction, the same at a counter; the login is taken off again."""
    return [
        Sent("issueProofCode", REGISTRAR, lambda known: {"id": head(known)}, name="login"),
        Sent(
            "bindOwnAccount", RESIDENT,
            fed=lambda known: {"document_number": HEAD_NUMBER, "code": known["login"]["code"]}, name="binding",
        ),
        Sent("requestOwnCorrection", RESIDENT, name="own correction"),
        Sent("withdrawOwnCorrection", RESIDENT, of("own correction")),
        Sent("makeOwnCopy", RESIDENT),
        Sent("giveOwnConsent", RESIDENT, name="own consent"),
        Sent("withdrawOwnConsent", RESIDENT, of("own consent")),
        Sent("endBinding", REGISTRAR, of("binding")),
        Sent("issueProofCode", SECOND_REGISTRAR, lambda known: {"id": head(known)}, name="counter"),
        Sent(
            "openProof", REGISTRAR,
            fed=lambda known: {"phone": None, "code": known["counter"]["code"], "purpose": "self"}, name="own proof",
        ),
        Sent("makeCopyByProof", REGISTRAR, of("own proof")),
        Sent("giveConsentByProof", REGISTRAR, of("own proof")),
        Sent("withdrawConsentByProof", REGISTRAR, of("own proof")),
        Sent("recordConsent", REGISTRAR, lambda known: {"id": head(known)}, name="consent"),
        Sent("withdrawConsent", REGISTRAR, of("consent")),
        Sent("undoConsent", REGISTRAR, of("consent")),
        Sent("annulConsent", REGISTRAR, of("consent")),
        Sent("requestCorrectionByProof", REGISTRAR, of("own proof"), name="asked at a counter"),
        Sent("withdrawCorrection", REGISTRAR, of("asked at a counter")),
    ]  # fmt: skip


def in_days(number: int) -> str:
    """A day so many days from now, in China."""
    return (datetime.now(SHANGHAI).date() + timedelta(days=number)).isoformat()


def cases() -> list[Sent]:
    """Cases of a child, for whom a guardian acts: one by a draft that is refused, one that is decided and delivered,
    and one about which departments are asked.
    """

    def opened(operation: str, name: str) -> list[Sent]:
        return [
            Sent("signExtract", REGISTRAR, of("child"), name="extract"),
            Sent(
                operation, CLERK,
                fed=lambda known: {"item_id": known["item"]["id"], "extract": known["extract"]["extract"]}, name=name,
            ),
        ]  # fmt: skip

    return [
        *opened("draftCase", "drafted"),
        Sent("submitDraftedCase", CLERK, of("drafted")),
        Sent("receiveCase", CLERK, of("drafted")),
        Sent("notifyCase", CLERK, of("drafted"), lambda _: {"until": in_days(30)}),
        Sent("checkCaseMaterial", CLERK, of("drafted")),
        Sent("supplyCase", CLERK, of("drafted")),
        Sent("refuseCase", CLERK, of("drafted")),
        Sent("archiveCase", CLERK, of("drafted")),
        *opened("submitCase", "case"),
        Sent("addCasePerson", CLERK, of("case"), lambda _: {"capacity": "guardian", "proof": "household_register"}),
        Sent("receiveCase", CLERK, of("case")),
        Sent("checkCaseMaterial", CLERK, of("case")),
        Sent("acceptCase", CLERK, of("case")),
        Sent("beginCaseReview", CLERK, of("case")),
        Sent("takeCase", OFFICER, of("case")),
        Sent("beginCaseSpecial", OFFICER, of("case")),
        Sent("resumeCase", OFFICER, of("case")),
        Sent("suspendCase", OFFICER, of("case")),
        Sent("resumeCase", OFFICER, of("case")),
        Sent("extendCase", OFFICER, of("case")),
        Sent("sendBackCase", OFFICER, of("case")),
        Sent("declineCase", CLERK, of("case")),
        Sent("beginCaseReview", OFFICER, of("case")),
        Sent("passCaseStep", OFFICER, of("case")),
        Sent("takeCase", OFFICER, of("case")),
        Sent("undoCase", OFFICER, of("case")),
        Sent("takeCase", OFFICER, of("case")),
        Sent("enterCaseEffect", OFFICER, of("case"), lambda _: {"starts_on": in_days(0)}),
        Sent("decideCase", OFFICER, of("case")),
        Sent("closeCase", OFFICER, of("case")),
        Sent("deliverCase", CLERK, of("case"), lambda _: {"received_on": in_days(0)}),
        Sent("issueDocument", CLERK, of("case"), lambda _: {"kind": "delivery"}, name="document"),
        Sent("voidDocument", CLERK, of("document")),
        Sent(
            "verifyDocument", CLERK,
            fed=lambda known: {name: known["document"][name] for name in ("token", "check_code")},
        ),
        *rated(),
        Sent("archiveCase", CLERK, of("case")),
        *opened("submitCase", "asked"),
        *worklist(),
        Sent("addCasePerson", CLERK, of("asked"), lambda _: {"capacity": "guardian", "proof": "household_register"}),
        Sent("receiveCase", CLERK, of("asked")),
        Sent("checkCaseMaterial", CLERK, of("asked")),
        Sent("acceptCase", CLERK, of("asked")),
        Sent("askCaseConsent", CLERK, of("asked")),
        Sent("answerCaseConsent", OFFICER, of("asked")),
        Sent("handOverCase", CLERK, of("asked")),
        Sent("withdrawCase", CLERK, of("asked")),
        *carried(Sent, opened, of, in_days),
        Sent("setCaseRetentionRule", REGISTRAR, name="case rule"),
        Sent("withdrawCaseRetentionRule", REGISTRAR, of("case rule")),
        Sent("setWarningRule", OFFICER, name="warning rule"),
        Sent("withdrawWarningRule", OFFICER, of("warning rule")),
        Sent("requestCaseErasure", CLERK, name="case erasure"),
        Sent("refuseCaseErasure", SECOND_REGISTRAR, of("case erasure")),
        Sent("adoptPackage", OFFICER, name="package"),
        Sent("retirePackage", OFFICER, of("package")),
        Sent("reopenPackage", OFFICER, of("package")),
        Sent("signExtract", REGISTRAR, of("child"), name="extract"),
        Sent(
            "openMatter", CLERK,
            fed=lambda known: {
                "package_id": known["package"]["id"], "items": known["package"]["items"][:1],
                "extract": known["extract"]["extract"],
            },
            name="matter",
        ),
        Sent("checkSharedMaterial", CLERK, of("matter")),
        Sent("withdrawCase", CLERK, lambda known: {"id": known["matter"]["cases"][0]}),
        Sent("answerMatter", OFFICER, of("matter")),
        Sent("undoMatter", OFFICER, of("matter")),
        Sent("withdrawMatter", CLERK, of("matter")),
    ]  # fmt: skip


ENTRY: Json = {
    "code": "EXAMPLE-JSON", "department": "civil_affairs", "category": "other", "target": "natural_person",
    "content": {
        "name": "示例", "handling_mode": "at_once", "statutory_days": 5, "promised_days": 0, "levels": [6, 9, 12],
        "steps": [],
    },
}  # fmt: skip
"""An item that nothing else sends."""


def catalogue() -> list[Sent]:
    """Items in numbers; one that is retired by two and offered again."""
    titles = "事项编码,事项名称,实施部门,事项分类,办理方式,法定时限,承诺时限,受理层级"
    table = f"{titles}\nT-1,示例,民政局,社会救助,限期办,5,3,县级\n"
    return [
        Sent("takeItemCollection", OFFICER, fed=lambda _: {"items": [ENTRY], "dry_run": False}),
        Sent("listItemDrafts", SECOND_OFFICER, name="item drafts"),
        Sent(
            "publishItemDrafts", SECOND_OFFICER,
            fed=lambda known: {"drafts": [
                {"item": one["item_id"], "version": one["version"]} for one in known["item drafts"]["items"]
            ]},
        ),
        Sent("proposeItemRetirement", OFFICER, of("item")),
        Sent("retireItem", SECOND_OFFICER, of("item")),
        Sent("reopenItem", SECOND_OFFICER, of("item")),
        Sent("servicesHallUploadFile", OFFICER, name="item table", content=table.encode()),
        Sent("beginItemImport", OFFICER, fed=lambda known: {"file": known["item table"]["id"], "area": COUNTY}),
    ]  # fmt: skip


def erasures() -> list[Sent]:
    """Of somebody who left seven years ago, an erasure is asked for by everybody who may, and is not decided so."""
    return [
        Sent(
            "registerPerson", REGISTRAR,
            fed=lambda _: {
                "name": "莫离乡", "entry": "enrolled", "occurred_on": "2010-01-01", "birth_date": "1985-02-02",
                "document": {"type": "citizen_id", "number": LEFT_NUMBER},
            },
            name="left",
        ),
        Sent("movePersonOut", REGISTRAR, of("left"), lambda _: {"occurred_on": "2019-01-01"}),
        Sent("setRetentionRule", REGISTRAR, name="rule"),
        Sent("withdrawRetentionRule", REGISTRAR, of("rule")),
        Sent("beginRetentionExport", REGISTRAR),
        Sent("requestRetentionRun", REGISTRAR, name="run"),
        Sent("refuseRetentionRun", SECOND_REGISTRAR, of("run")),
        Sent("requestErasure", REGISTRAR, of("left"), name="erasure"),
        Sent("refuseErasure", SECOND_REGISTRAR, of("erasure")),
        Sent("issueProofCode", REGISTRAR, of("left"), name="code of who left"),
        Sent(
            "bindOwnAccount", LEFT,
            fed=lambda known: {"document_number": LEFT_NUMBER, "code": known["code of who left"]["code"]},
        ),
        Sent("requestOwnErasure", LEFT, name="own erasure"),
        Sent("withdrawOwnErasure", LEFT, of("own erasure")),
        Sent("issueProofCode", SECOND_REGISTRAR, of("left"), name="code at the counter"),
        Sent(
            "openProof", REGISTRAR,
            fed=lambda known: {
                "document_number": LEFT_NUMBER, "phone": None, "code": known["code at the counter"]["code"],
                "purpose": "self",
            },
            name="proof of who left",
        ),
        Sent("requestErasureByProof", REGISTRAR, of("proof of who left"), name="erasure at the counter"),
        Sent("withdrawErasure", REGISTRAR, of("erasure at the counter")),
    ]  # fmt: skip


def marriages() -> list[Sent]:
    """The head marries, is divorced, becomes a widower, each undone; in the end there was no wedding."""
    return [
        Sent("registerMarriage", REGISTRAR, fed=lambda known: {"person_id": head(known)}, name="marriage"),
        Sent("recordDivorce", REGISTRAR, of("marriage")),
        Sent("restoreMarriage", REGISTRAR, of("marriage")),
        Sent("recordSpouseDeath", REGISTRAR, of("marriage")),
        Sent("restoreMarriage", REGISTRAR, of("marriage")),
        Sent("withdrawMarriage", REGISTRAR, of("marriage")),
    ]


def corrections() -> list[Sent]:
    """The name of the child: corrected in two steps, refused, and withdrawn."""

    def asked(number: int) -> Sent:
        return Sent(
            "requestCorrection", REGISTRAR, of("child"),
            lambda known: {"changes": {"name": "李秀瑛" if number else "李秀莹"}}, name=f"correction {number}",
        )  # fmt: skip

    return [
        asked(0),
        Sent("withdrawCorrection", REGISTRAR, of("correction 0")),
        asked(1),
        Sent("refuseCorrection", SECOND_REGISTRAR, of("correction 1")),
        asked(2),
        Sent("approveCorrection", SECOND_REGISTRAR, of("correction 2")),
        Sent("approveCorrection", THIRD_REGISTRAR, of("correction 2"), lambda _: {"step": "approve"}),
    ]


def transfers() -> list[Sent]:
    """The head of the household is asked for by another village: three times over, once for each way it ends."""
    there: Json = {"residence": {"area": COUNTER}}
    return [
        Sent("requestTransfer", REGISTRAR, fed=lambda _: there, name="transfer"),
        Sent("confirmTransfer", REGISTRAR, of("transfer")),
        Sent("reverseTransfer", REGISTRAR, of("transfer")),
        Sent("requestTransfer", REGISTRAR, fed=lambda _: there, name="refused transfer"),
        Sent("refuseTransfer", REGISTRAR, of("refused transfer")),
        Sent("requestTransfer", REGISTRAR, fed=lambda _: there, name="withdrawn transfer"),
        Sent("withdrawTransfer", REGISTRAR, of("withdrawn transfer")),
    ]


def dwellings() -> list[Sent]:
    """A building, a dwelling in it and its tenant, from the first to the last day of each."""
    return [
        Sent("enterBuilding", REGISTRAR, name="building"),
        Sent("correctBuilding", REGISTRAR, of("building")),
        Sent("enterDwelling", REGISTRAR, fed=lambda known: {"building_id": known["building"]["id"]}, name="dwelling"),
        Sent("correctDwelling", REGISTRAR, of("dwelling")),
        Sent("recordDwellingCondition", REGISTRAR, of("dwelling")),
        Sent(
            "beginOccupancy", REGISTRAR, of("dwelling"), lambda known: {"person_id": head(known)}, name="occupancy",
        ),
        Sent("registryUploadFile", REGISTRAR, name="letter", content=LETTER),
        Sent("keepOccupancyLetter", REGISTRAR, of("occupancy"), lambda known: {"file": known["letter"]["id"]}),
        Sent("endOccupancy", REGISTRAR, of("occupancy")),
        Sent("endDwelling", REGISTRAR, of("dwelling")),
        Sent("demolishBuilding", REGISTRAR, of("building")),
    ]  # fmt: skip


def seats() -> list[Sent]:
    """An organisation and a facility that it runs: ended and closed, undone, opened again, withdrawn."""
    return [
        Sent("enterOrganisation", REGISTRAR, name="organisation"),
        Sent("searchOrganisations", REGISTRAR),
        Sent("correctOrganisation", REGISTRAR, of("organisation"), lambda _: {"members": 43}),
        Sent(
            "enterFacility",
            REGISTRAR,
            fed=lambda known: {"organisation_id": known["organisation"]["id"]},
            name="facility",
        ),
        Sent("searchFacilities", REGISTRAR),
        Sent("correctFacility", REGISTRAR, of("facility")),
        Sent("closeFacility", REGISTRAR, of("facility")),
        Sent("reopenFacility", REGISTRAR, of("facility")),
        Sent("undoFacility", REGISTRAR, of("facility")),
        Sent("withdrawFacility", REGISTRAR, of("facility")),
        Sent("enterTerm", REGISTRAR, name="term"),
        Sent("correctTerm", REGISTRAR, of("term"), lambda _: {"way": "by_election"}),
        Sent("endTerm", REGISTRAR, of("term")),
        Sent("undoTerm", REGISTRAR, of("term")),
        Sent("withdrawTerm", REGISTRAR, of("term")),
        Sent("formAreaSet", REGISTRAR, name="area_set"),
        Sent("correctAreaSet", REGISTRAR, of("area_set")),
        Sent("changeAreaSetMembers", REGISTRAR, of("area_set")),
        Sent("dissolveAreaSet", REGISTRAR, of("area_set")),
        Sent("undoAreaSet", REGISTRAR, of("area_set")),
        Sent("withdrawAreaSet", REGISTRAR, of("area_set")),
        Sent("endOrganisation", REGISTRAR, of("organisation")),
        Sent("reopenOrganisation", REGISTRAR, of("organisation")),
        Sent("undoOrganisation", REGISTRAR, of("organisation")),
        Sent("withdrawOrganisation", REGISTRAR, of("organisation")),
    ]


def circumstances() -> list[Sent]:
    """A circumstance of the child, from its entry to its withdrawal."""
    return [
        Sent("verifyPerson", REGISTRAR, of("child")),
        Sent("unverifyPerson", REGISTRAR, of("child")),
        Sent("recordCircumstance", REGISTRAR, of("child"), name="circumstance"),
        Sent("verifyCircumstance", REGISTRAR, of("circumstance")),
        Sent("verifyCircumstances", REGISTRAR, fed=lambda known: {"ids": [known["circumstance"]["id"]]}),
        Sent("unverifyCircumstance", REGISTRAR, of("circumstance")),
        Sent("endCircumstance", REGISTRAR, of("circumstance")),
        Sent("restoreCircumstance", REGISTRAR, of("circumstance")),
        Sent("withdrawCircumstance", REGISTRAR, of("circumstance")),
    ]


def table() -> bytes:
    """A workbook with the titles of the ledger of the examples, in the worksheet that the example names."""
    return workbook(("纠纷类型", "发现日期", "纠纷事由"), ("邻里", "2026-11-03", "宅基地边界"))


def form() -> bytes:
    """An XLSForm of another ledger than that of the examples."""
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, rows in (
        ("survey", (("type", "name", "label"), ("text", "matter", "事由"))),
        ("settings", (("form_title", "form_id"), ("入户走访", "home_visits"))),
    ):
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def ledger(service: str) -> list[Sent]:
    """A ledger that is drafted and published, its records, tables and devices, in one of the services."""

    def sent(operation: str, who: tuple[str, ...], fed: Feeding = nothing, name: str = "", **ids: Feeding) -> Sent:
        def every(known: Known) -> Json:
            return {"code": "disputes", **{key: one(known) for key, one in ids.items()}}

        return Sent(f"{service}{operation}", who, every, fed, f"{service} {name or operation}")

    def id_of(name: str) -> Feeding:
        return lambda known: known[f"{service} {name}"]["id"]

    def account(known: Known) -> Json:
        return {"account_id": known[f"{service} posting"]["sides"][0]["account_id"]}

    def mediate(_: Known) -> str:
        return "mediate"

    def with_accounts(_: Known) -> Json:
        """The example's ledger keeps no accounts; those of the examples of postings are the relief fund's."""
        return {"definition": {"accounts": ACCOUNTS}}

    return [
        Sent(f"{service}DraftLedger", OFFICER, fed=with_accounts),
        sent("RedraftLedger", OFFICER, with_accounts),
        sent("PublishLedger", SECOND_OFFICER),
        sent("OpenRecord", CLERK, name="record"),
        sent("CorrectRecord", CLERK, id=id_of("record")),
        sent("ExtendRecordLimit", CLERK, id=id_of("record")),
        sent("SearchRecords", CLERK),
        sent("StepRecord", CLERK, id=id_of("record"), verb=mediate),
        sent("OpenRecord", CLERK, name="second"),
        sent(
            "StepRecords", CLERK, lambda known: {"records": [{"id": id_of("second")(known), "version": 1}]},
            verb=mediate,
        ),
        sent("CreateLedgerPosting", CLERK, name="posting"),
        sent("BeginStatementExport", CLERK, account),
        sent("ReverseLedgerPosting", OFFICER, id=id_of("posting")),
        sent("CloseLedgerMonth", OFFICER, name="closing"),
        sent("ReopenLedgerMonth", OFFICER, id=id_of("closing")),
        Sent(f"{service}UploadFile", NEIGHBOUR, name=f"{service} table", content=table()),
        sent("BeginImport", NEIGHBOUR, lambda known: {"file": id_of("table")(known)}),
        sent("BeginExport", NEIGHBOUR),
        Sent(f"{service}UploadFile", OFFICER, name=f"{service} form", content=form()),
        Sent(f"{service}DraftLedgerFromXlsForm", OFFICER, fed=lambda known: {"file": id_of("form")(known)}),
        Sent(f"{service}EnrolDevice", WORKER),
    ]  # fmt: skip


def people() -> bytes:
    """A list of two residents without a number who are alike, in the worksheet that the example names."""
    due = (datetime.now(SHANGHAI).date() + timedelta(days=90)).isoformat()
    somebody = ("莫若水", "男", "1981-05-06", "证件遗失", due)
    return workbook(("姓名", "性别", "出生日期", "无证件原因", "补办期限"), somebody, somebody)


def residents() -> list[Sent]:
    """A list of residents that is checked, with a row that is confirmed to be of somebody else; and a table of them."""
    return [
        Sent("registryUploadFile", NEIGHBOUR, name="list of residents", content=people()),
        Sent(
            "beginPersonImport", NEIGHBOUR,
            fed=lambda known: {"file": known["list of residents"]["id"]}, name="residents",
        ),
        Sent("followPersonImport", NEIGHBOUR, of("residents")),
        Sent("confirmPersonImportRows", NEIGHBOUR, of("residents"), lambda _: {"rows": [3]}),
        Sent("beginPersonExport", NEIGHBOUR),
    ]  # fmt: skip


def tables() -> list[Sent]:
    """Tables of organisations, of facilities and of a department's list that are checked; two that are taken out."""
    found = []
    for what, titles, row in (
        ("Organisation", ("组织类别", "组织名称", "成立日期"), ("驻区单位", "示例单位", "2026-02-01")),
        ("Facility", ("设施类别", "设施名称", "开放日期"), ("便民超市", "示例商店", "2026-02-01")),
        ("List", ("姓名", "身份证号", "起始日期"), ("无此示例", HEAD_NUMBER, "2026-02-01")),
    ):
        name = f"{what} table"
        found += [
            Sent("registryUploadFile", NEIGHBOUR, name=name, content=workbook(titles, row)),
            Sent(f"begin{what}Import", NEIGHBOUR, fed=file_of(name)),
        ]
    return [*found, Sent("beginOrganisationExport", NEIGHBOUR), Sent("beginFacilityExport", NEIGHBOUR)]


def workbook(*rows: tuple[str, ...]) -> bytes:
    """A workbook with these rows in the worksheet that the examples name."""
    book = openpyxl.Workbook()
    sheet = book.create_sheet("名册")
    for row in rows:
        sheet.append(row)
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def labour() -> list[Sent]:
    """The ledgers of job seekers, vacancies and offers; an offer that is confirmed, declined, and taken back."""
    found = []
    for code in ("job_seekers", "vacancies", "job_offers"):
        written = yaml.load(
            (ROOT / f"services/registry/ledgers/{code}.yaml").read_text(encoding="utf-8"), yaml.CSafeLoader
        )
        definition = Instead(json.loads(json.dumps(written, default=str)))
        found += [
            Sent("registryDraftLedger", OFFICER, fed=always(definition=definition)),
            Sent("registryPublishLedger", SECOND_OFFICER, always(code=code)),
        ]
    seeker = {"number": "QZ-E1", "name": "示例甲", "registered_on": "2026-02-01", "reason": "laid_off"}
    vacancy = {"number": "GW-E1", "employer": "示例公司", "kind": "cleaning", "public_benefit": False, "posts": 2}
    for code, name, values in (
        ("job_seekers", "seeker", seeker),
        ("vacancies", "vacancy", {**vacancy, "offered_on": "2026-02-01"}),
    ):
        body = always(area=VILLAGE, values=Instead(values))
        found.append(Sent("registryOpenRecord", NEIGHBOUR, always(code=code), body, name))
    return [
        *found,
        Sent(
            "confirmJobMatch", NEIGHBOUR,
            fed=lambda known: {"seeker_id": known["seeker"]["id"], "vacancy_id": known["vacancy"]["id"]},
            name="job match",
        ),
        Sent("answerJobOffer", NEIGHBOUR, lambda known: {"id": known["job match"]["offer"]["id"]}, name="job answer"),
        Sent("undoJobOffer", NEIGHBOUR, lambda known: {"id": known["job answer"]["offer"]["id"]}),
    ]  # fmt: skip


WALK = [
    Sent("importAreas", REGISTRAR),
    Sent("publishCalendarYear", REGISTRAR, lambda _: {"year": "2026"}),
    Sent("convertLunarDay", REGISTRAR),
    Sent("findPossibleDuplicates", REGISTRAR),
    Sent("registerPerson", REGISTRAR, name="child"),
    Sent("foundHousehold", REGISTRAR, name="household"),
    Sent("searchPersons", REGISTRAR, name="found"),
    Sent("searchPersonsByName", REGISTRAR),
    Sent("lookUpPersons", REGISTRAR, fed=lambda known: {"ids": [known["child"]["id"]]}),
    Sent("correctPerson", REGISTRAR, lambda known: {"id": known["found"]["items"][0]["id"]}),
    Sent(
        "pointAtDuplicate", REGISTRAR,
        fed=lambda known: {"first_id": known["child"]["id"], "second_id": head_of(known)}, name="pair",
    ),
    Sent("decideDuplicate", REGISTRAR, of("pair")),
    Sent("reopenDuplicate", REGISTRAR, of("pair")),
    Sent(
        "decideDuplicate", REGISTRAR, of("pair"),
        fed=lambda known: {"decision": "same", "survivor_id": head_of(known)},
    ),
    Sent("refuseDuplicate", SECOND_REGISTRAR, of("pair")),
    Sent(
        "decideDuplicate", REGISTRAR, of("pair"),
        fed=lambda known: {"decision": "same", "survivor_id": head_of(known)},
    ),
    Sent("approveDuplicate", SECOND_REGISTRAR, of("pair")),
    Sent("separateDuplicate", SECOND_REGISTRAR, of("pair")),
    Sent(
        "addHouseholdMember", REGISTRAR, of("household"), lambda known: {"person_id": known["child"]["id"]},
        name="household",
    ),
    Sent(
        "removeHouseholdMember", REGISTRAR,
        lambda known: {"id": known["household"]["id"], "person_id": known["child"]["id"]},
    ),
    *households(),
    *proofs(),
    *own_data(),
    *erasures(),
    *marriages(),
    *corrections(),
    *transfers(),
    *dwellings(),
    *seats(),
    *residents(),
    *tables(),
    *labour(),
    Sent("listTagSuggestions", REGISTRAR, lambda _: {"area": COUNTY, "status": "open"}, name="suggestions"),
    Sent("confirmTagSuggestion", REGISTRAR, lambda known: {"id": known["suggestions"]["items"][0]["id"]}),
    Sent("dismissTagSuggestion", REGISTRAR, lambda known: {"id": known["suggestions"]["items"][1]["id"]}),
    Sent("reopenTagSuggestion", REGISTRAR, lambda known: {"id": known["suggestions"]["items"][1]["id"]}),
    Sent("listBenefits", REGISTRAR, lambda _: {"area": COUNTY, "status": "missing"}, name="benefits"),
    Sent("endBenefit", REGISTRAR, lambda known: {"id": known["benefits"]["items"][0]["id"]}),
    Sent("keepBenefit", REGISTRAR, lambda known: {"id": known["benefits"]["items"][1]["id"]}),
    Sent("reopenBenefit", REGISTRAR, lambda known: {"id": known["benefits"]["items"][1]["id"]}),
    *circumstances(),
    Sent("startTag", REGISTRAR, of("child"), name="tag"),
    Sent("enterTagContact", REGISTRAR, of("tag"), name="contact"),
    Sent("correctTagContact", REGISTRAR, of("contact")),
    Sent("endTagContact", REGISTRAR, of("contact")),
    Sent("undoTagContact", REGISTRAR, of("contact")),
    Sent("withdrawTagContact", REGISTRAR, of("contact")),
    Sent("endTag", REGISTRAR, of("tag")),
    Sent("startRestrictedTag", REGISTRAR, of("child"), name="restricted"),
    Sent("endRestrictedTag", REGISTRAR, of("restricted")),
    Sent("draftItem", OFFICER, name="item"),
    Sent("draftItemVersion", OFFICER, of("item")),
    Sent("publishItem", SECOND_OFFICER, of("item")),
    *catalogue(),
    *cases(),
    Sent("movePersonOut", REGISTRAR, of("child")),
    Sent("movePersonIn", REGISTRAR, of("child")),
    Sent("recordMissing", REGISTRAR, of("child")),
    Sent("recordFound", REGISTRAR, of("child")),
    Sent("recordDeath", REGISTRAR, of("child")),
    Sent("listLifeEvents", REGISTRAR, of("child"), name="events"),
    Sent(
        "reverseLifeEvent", REGISTRAR,
        lambda known: {"id": known["child"]["id"], "event_id": known["events"]["items"][-1]["id"]}, name="reversal",
    ),
    Sent("refuseReversal", SECOND_REGISTRAR, of("reversal")),
    Sent("compareAreaEdition", REGISTRAR, name="edition"),
    Sent("getSubtree", REGISTRAR, lambda _: {"code": VILLAGE[:9]}, name="town"),
    Sent("applyAreaEdition", REGISTRAR, fed=whole_town),
    Sent("enterFacility", REGISTRAR, fed=lambda _: {"name": "区划调整前的超市"}, name="left behind"),
    Sent("changeAreas", REGISTRAR, name="area change"),
    Sent("placeLeftBehind", REGISTRAR, of("area change"), lambda known: {"id": known["left behind"]["id"]}),
    Sent("undoAreaChange", REGISTRAR, of("area change")),
    Sent("renameArea", REGISTRAR, lambda _: {"code": "450481100203"}),
    Sent("undoAreaRename", REGISTRAR, lambda _: {"code": "450481100203"}),
    Sent("abolishArea", REGISTRAR, lambda _: {"code": "450481100203"}),
    Sent("createUnit", OFFICER, fed=lambda _: {"area": COUNTY}, name="unit"),
    Sent("getGrid", OFFICER, lambda _: {"code": GRID}, name="ground"),
    Sent("closeGrid", OFFICER, lambda _: {"code": GRID}),
    Sent("drawGrid", OFFICER, fed=lambda known: {"code": f"{GROUND}098", "polygon": known["ground"]["polygon"]}),
    Sent("getGrid", OFFICER, lambda _: {"code": NEXT_GRID}, name="more ground"),
    Sent("closeGrid", OFFICER, lambda _: {"code": NEXT_GRID}, lambda _: {"successors": [f"{GROUND}098"]}),
    Sent(
        "drawGrids", OFFICER,
        fed=lambda known: {"grids": [{"code": f"{GROUND}099", "polygon": known["more ground"]["polygon"]}]},
    ),
    Sent("locateGrid", WORKER),
    Sent("locateGrids", WORKER),
    *grids(),
    *incident("closed"),
    Sent("acceptIncident", HANDLER, of("closed")),
    Sent("deferIncident", CLERK, of("closed"), always(until=in_days(60))),
    Sent("giveIncidentFeedback", HANDLER, of("closed")),
    Sent("checkIncident", CLERK, of("closed")),
    Sent("closeIncident", CLERK, of("closed")),
    *incident("returned"),
    Sent("returnIncident", HANDLER, of("returned")),
    Sent("reportIncident", WORKER, name="rejected"),
    Sent("rejectIncident", CLERK, of("rejected")),
    Sent("listVisits", OFFICER, lambda _: {"status": "due"}, name="visits"),
    Sent("recordVisit", ("grid_worker", COUNTY), lambda known: {"id": known["visits"]["items"][0]["id"]}),
    Sent("listDiscrepancies", REGISTRAR, lambda _: {"area": COUNTY, "status": "open"}, name="discrepancies"),
    Sent("explainDiscrepancy", REGISTRAR, lambda known: {"id": known["discrepancies"]["items"][0]["id"]}),
    Sent("listReadingFindings", AUDITOR, lambda _: {"area": COUNTY, "status": "open"}, name="findings"),
    Sent("explainReadingFinding", AUDITOR, lambda known: {"id": known["findings"]["items"][0]["id"]}, name="finding"),
    Sent("reopenReadingFinding", AUDITOR, of("finding")),
    Sent("confirmReadingFinding", AUDITOR, of("finding")),
    Sent("closeReadingFinding", AUDITOR, of("finding")),
    Sent("setReadingLimit", AUDITOR, lambda _: {"code": "full"}),
    Sent("checkBooks", REGISTRAR),
    Sent("closeBooks", REGISTRAR, name="closing"),
    Sent("reopenBooks", ("town_officer", COUNTY), lambda known: {"id": known["closing"]["id"]}),
    Sent("startRebuild", OPERATOR),
    Sent("draftDefinition", OFFICER),
    Sent("redraftDefinition", OFFICER, lambda _: {"code": "CASE-REFUSED"}),
    Sent("endDefinition", OFFICER, lambda _: {"code": "CASE-REFUSED"}),
    Sent("registryStartRepublish", OPERATOR),
    Sent("servicesHallStartRepublish", OPERATOR),
    Sent("gridStartRepublish", OPERATOR),
    Sent("indicatorsStartRepublish", OPERATOR),
    *(sent for service in ("registry", "servicesHall", "grid", "indicators") for sent in ledger(service)),
]  # fmt: skip
