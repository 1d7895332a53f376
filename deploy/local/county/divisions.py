"""Administrative divisions of the demo county 岑溪市 (450481), as published by 国家统计局 (edition of 2023)."""

import csv
from pathlib import Path

COUNTY = "450481"
FILE = Path(__file__).parent / "data/divisions_450481.csv"


def divisions() -> list[dict[str, str]]:
    """The rows of the division file."""
    with FILE.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def villages() -> list[tuple[str, str]]:
    """Code and name of every village and community."""
    return [(row["code"], row["name"]) for row in divisions() if row["level"] == "5"]
