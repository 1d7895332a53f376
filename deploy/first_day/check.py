"""The check at the end of a first day, from outside: does a clerk's day work, and does nobody see too much."""

import time

from deploy.first_day.county_file import Account, CountyFile
from deploy.first_day.interface import Interfaces
from deploy.first_day.refusal import FirstDayRefused
from deploy.first_day.steps import SERVICES, Done
from shared.auth.roles import Role

FRESH_WITHIN = 180.0
"""Seconds for the figures to catch up with what was entered."""


def check(county: CountyFile, ask: Interfaces) -> Done:
    """Every service answers, a clerk works in the village and nowhere else, the figures follow the register."""
    for service in SERVICES:
        ask.get(None, f"/{service}/openapi.json")
    clerk = county.who(Role.VILLAGE_CLERK)
    _works(clerk, ask)
    people = _figures(county, clerk, ask)
    return Done(
        f"{clerk.username} 可以在 {clerk.area} 办理业务，人口指标为 {people}，与底册一致。",
        f"{clerk.username} can work in {clerk.area}, whose figure of residents is {people}, as in the register.",
    )


def _works(clerk: Account, ask: Interfaces) -> None:
    ask.get(clerk, f"/registry/v1/areas/{clerk.area}")
    ask.get(clerk, "/registry/v1/households/count", area=clerk.area)
    ask.get(clerk, "/services-hall/v1/items", limit=1)
    ask.get(clerk, "/grid/v1/grids", area=clerk.area, limit=1)
    above = clerk.area[:9]
    siblings = ask.get(clerk, f"/registry/v1/areas/{above}/children")["items"]
    other = next((one["code"] for one in siblings if one["code"] != clerk.area), None)
    if other is not None and ask.get(clerk, "/registry/v1/persons/count", area=other) is not None:
        raise FirstDayRefused(
            f"{clerk.username} 能看到另一个村 {other}。请核对签发方给出的授权。",
            f"{clerk.username} sees the village {other}, too; check the grants that the issuer gives.",
        )


def _figures(county: CountyFile, clerk: Account, ask: Interfaces) -> int:
    """The population of the clerk's village, once it is as the register counts it."""
    deadline = time.monotonic() + FRESH_WITHIN
    while True:
        listed: int = ask.get(clerk, "/registry/v1/persons/count", area=clerk.area)["count"]
        told = ask.get(clerk, "/indicators/v1/values", area=clerk.area, code="POP-RES")
        figure: int | None = next((one["value"] for one in told["values"]), None) if told else None
        if figure == listed or (listed == 0 and figure is None):
            return listed
        if time.monotonic() > deadline:
            raise FirstDayRefused(
                f"人口指标为 {figure}，底册为 {listed}。请对 indicators 运行 doctor，并查看其 worker 日志。",
                f"the figure of residents is {figure}, the register has {listed}; run `doctor` of indicators, "
                "and look into the log of its worker.",
            )
        time.sleep(0.5)
