"""The request examples of agents, authorisations, agencies and originals, in the order of a walk."""

from collections.abc import Callable
from typing import Any

Sending = Callable[..., Any]
Known = Any
TOWN, COUNTER = ("town_officer", "450481114"), "450481114201"
CLERK = ("village_clerk", COUNTER)
AGENT, SECOND = ("agent", COUNTER, "", "u-3f2a9c"), ("agent", COUNTER, "", "u-4b7d2e")


def carried(
    sent: Sending, opened: Callable[[str, str], list[Any]], of: Sending, day: Callable[[int], str]
) -> list[Any]:
    """`sent`, `of`, `day`: the hands of the walk. Who applies is a child: the guardian signs."""

    def on(field: str, days: int = 0) -> Callable[[Known], Any]:
        return lambda _: {field: day(days)}

    def entrusted(case: str, agent: str, name: str) -> list[Any]:
        def signed(known: Known) -> Any:
            ids = {"case_id": known[case]["id"], "agent_id": known[agent]["id"]}
            return {**ids, "way": "by_guardian", "signed_on": day(0)}

        return [
            *opened("submitCase", case),
            sent("recordAuthorisation", CLERK, fed=signed, name="authorisation"),
            sent(
                "entrustAgency", CLERK,
                fed=lambda known: {"case_id": known[case]["id"], "authorisation_id": known["authorisation"]["id"]},
                name=name,
            ),
        ]  # fmt: skip

    def away(known: Known) -> Any:
        return {"since": day(1), "until": day(3), "substitute_id": known["second agent"]["id"]}

    return [
        sent("appointAgent", TOWN, name="agent"),
        sent("appointAgent", TOWN, fed=lambda _: {"account": SECOND[3], "post": "substitute"}, name="second agent"),
        sent("reviseAgent", TOWN, of("agent")),
        sent("leaveAgent", TOWN, of("agent"), away),
        sent("resumeAgent", TOWN, of("agent")),
        *entrusted("declined case", "second agent", "declined agency"),
        sent("declineAgency", SECOND, of("declined agency")),
        sent("revokeAuthorisation", CLERK, of("authorisation"), on("revoked_on")),
        *entrusted("carried case", "agent", "agency"),
        sent("acceptAgency", AGENT, of("agency")),
        sent("arrangeAgencyVisit", AGENT, of("agency"), on("visit_on")),
        sent("readAgencyVisitAddress", AGENT, of("agency")),
        sent("makeAgencyVisit", AGENT, of("agency"), on("visited_on")),
        sent("receiveOriginal", AGENT, fed=lambda known: {"agency_id": known["agency"]["id"]}, name="original"),
        sent("handOverOriginal", AGENT, of("original")),
        sent("takeOriginal", TOWN, of("original")),
        sent("loseOriginal", TOWN, of("original"), on("lost_on")),
        sent("tellOriginalLoss", CLERK, of("original"), on("told_on")),
        sent("findOriginal", TOWN, of("original")),
        sent("giveBackOriginal", TOWN, of("original"), on("returned_on")),
        sent("forwardAgency", AGENT, of("agency")),
        sent("reassignAgency", TOWN, of("agency"), lambda known: {"agent_id": known["second agent"]["id"]}),
        sent("endAgent", TOWN, of("agent"), on("until")),
        sent("withdrawCase", CLERK, of("carried case")),
        sent("deliverAgency", SECOND, of("agency"), on("delivered_on")),
        sent("archiveAgency", CLERK, of("agency")),
        sent("reportAgency", CLERK, of("agency")),
        sent("callBackAgency", TOWN, of("agency")),
    ]
