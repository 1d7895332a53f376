"""Sender of request examples: one after the other, with what earlier answers gave."""

import re
from typing import Any

import httpx

from deploy.local.stack.ports import Ports
from deploy.local.tokens import token
from tests.e2e.examples_sent import Instead, Json, Sent


def laid_over(example: Any, fed: Any) -> Any:
    """The example with what is fed in its place, also within the things of a list that are as many."""
    if isinstance(fed, Instead):
        return dict(fed)
    if isinstance(example, dict) and isinstance(fed, dict):
        return {**example, **{key: laid_over(example.get(key), value) for key, value in fed.items()}}
    if isinstance(example, list) and isinstance(fed, list) and len(example) == len(fed):
        return [laid_over(one, other) for one, other in zip(example, fed, strict=True)]
    return fed


class Walk:
    """Sends the examples of a document, in order, to the county at `ports`."""

    def __init__(self, document: Json, ports: Ports) -> None:
        self._ports = ports
        self._http = httpx.Client(base_url=ports.origin, trust_env=False, timeout=30)
        self._operations = {
            item[verb]["operationId"]: (verb, path, item[verb])
            for path, item in document["paths"].items()
            for verb in ("get", "post")
            if verb in item
        }
        self._tokens: dict[tuple[str, ...], str] = {}
        self.known: dict[str, Json] = {}
        self.position = ""

    def send(self, one: Sent) -> httpx.Response:
        """The answer to one example."""
        verb, path, spec = self._operations[one.operation]
        given = one.ids(self.known)
        for name in re.findall(r"{(\w+)}", path):
            path = path.replace(f"{{{name}}}", str(given.pop(name)))
        parameters = {parameter["name"] for parameter in spec.get("parameters", [])}
        if "min_position" in parameters and self.position:
            given["min_position"] = self.position
        headers = {"Authorization": f"Bearer {self._token(one.who)}"}
        for parameter in spec.get("parameters", []):
            if parameter["name"] == "If-Match" and parameter["required"]:
                named = "`*` is none" in parameter["description"]
                seen = self._http.get(path.rpartition("/")[0], headers=headers) if named else None
                headers["If-Match"] = "*" if seen is None else seen.headers["ETag"]
        body = None
        if "requestBody" in spec and one.content is None:
            body = laid_over(spec["requestBody"]["content"]["application/json"]["example"], one.fed(self.known))
        answer = self._http.request(verb.upper(), path, params=given, headers=headers, json=body, content=one.content)
        if answer.is_success:
            streamed = answer.headers["content-type"].startswith("text/event-stream")
            self.known[one.name or one.operation] = {} if streamed else answer.json()
            self.position = answer.headers.get("Xiangli-Position", self.position)
        return answer

    def documented(self, one: Sent) -> set[int]:
        """The statuses of success that the operation declares."""
        responses = self._operations[one.operation][2]["responses"]
        return {int(status) for status in responses if status.startswith("2")}

    def _token(self, who: tuple[str, ...]) -> str:
        if who not in self._tokens:
            self._tokens[who] = token(self._ports, *who)
        return self._tokens[who]

    def close(self) -> None:
        self._http.close()
