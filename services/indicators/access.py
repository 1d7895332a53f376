"""Who may call what: by operation id."""

from collections.abc import Mapping

from shared.http.kit import Access

ACCESS: Mapping[str, Access] = {
    "listDefinitions": Access("indicator.read", "open"),
    "getValues": Access("indicator.read", "area"),
    "getSeries": Access("indicator.read", "area"),
    "startRebuild": Access("indicator.rebuild", "open"),
    "getRebuild": Access("indicator.rebuild", "open"),
}
