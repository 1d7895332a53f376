"""Who may call what: by operation id."""

from collections.abc import Mapping

from shared.http.kit import Access

ACCESS: Mapping[str, Access] = {
    "listItems": Access("item.read", "open"),
    "getItem": Access("item.read", "open"),
    "getItemVersion": Access("item.read", "open"),
    "draftItem": Access("item.manage", "open"),
    "publishItem": Access("item.manage", "open"),
    "submitCase": Access("case.submit", "area"),
    "listCases": Access("case.read", "area"),
    "countCases": Access("case.read", "area"),
    "getCase": Access("case.read", "area"),
    "receiveCase": Access("case.handle", "area"),
    "acceptCase": Access("case.handle", "area"),
    "refuseCase": Access("case.handle", "area"),
    "decideCase": Access("case.decide", "area"),
    "closeCase": Access("case.handle", "area"),
    "withdrawCase": Access("case.submit", "area"),
}
