"""The door of OpenRosa: not an endpoint of ours but a protocol of others, with its own answers and credentials.

Phones sign in by HTTP Basic as a device (`shared.ledgers.forms.devices`). Every answer carries `X-OpenRosa-Version`;
a refusal is an `OpenRosaResponse` with the title and the advice that everybody else reads. Behind the door it is as
for every endpoint: one transaction, access notes before the answer, nothing committed of what was refused.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from typing import Any

import orjson
from fastapi import Request, Response

from shared.errors import DomainError
from shared.feature import ForeignRoute
from shared.files.repository import Received
from shared.http.bodies import read_body
from shared.http.errors import respond
from shared.http.kit import REQUEST_ID, STATE, RequestState, caller_of, kit_of
from shared.http.route import attempt, finish, is_unlucky
from shared.http.transaction import request_context
from shared.ledgers.forms.devices.api import OPENROSA, server_of
from shared.ledgers.forms.devices.service import Carried, carried_by
from shared.ledgers.forms.instances.instance import head_of
from shared.ledgers.forms.instances.reading import read_instance, texts_of
from shared.ledgers.forms.openrosa.messages import (
    VERSION_HEADER,
    XML,
    areas_file,
    form_list,
    manifest,
    message,
)
from shared.ledgers.forms.openrosa.multipart_body import MAX_SUBMISSION, read_multipart
from shared.ledgers.forms.openrosa.repository import arrived
from shared.ledgers.forms.openrosa.service import FormParts, Forms
from shared.ledgers.forms.openrosa.submissions import Submissions

LENGTH_HEADER = {"X-OpenRosa-Accept-Content-Length": str(MAX_SUBMISSION)}

Answered = Callable[[Request, RequestState, Carried], Awaitable[Response]]
"""What answers a device that was let in."""


def openrosa_routes(parts: FormParts) -> tuple[ForeignRoute, ...]:
    """The addresses of OpenRosa below `/<service>/v1`."""
    door = _Door(parts)
    at = f"/{OPENROSA}"
    return (
        ForeignRoute(f"{at}/formList", ("GET",), door.serve("openrosaFormList", door.form_list)),
        ForeignRoute(f"{at}/forms/{{code}}/form.xml", ("GET",), door.serve("openrosaForm", door.form)),
        ForeignRoute(f"{at}/forms/{{code}}/manifest", ("GET",), door.serve("openrosaManifest", door.manifest)),
        ForeignRoute(f"{at}/forms/{{code}}/areas.csv", ("GET",), door.serve("openrosaAreas", door.areas)),
        ForeignRoute(f"{at}/submission", ("HEAD", "POST"), door.serve("openrosaSubmission", door.submission)),
    )


class _Door:
    """Lets devices in and answers in their language."""

    def __init__(self, parts: FormParts) -> None:
        self._parts = parts

    def serve(self, operation: str, answered: Answered) -> Callable[[Request], Awaitable[Response]]:
        """The ASGI endpoint: admission, then the answer, or a refusal as an OpenRosa message."""

        async def endpoint(request: Request) -> Response:
            kit = kit_of(request)
            state = RequestState(kit, operation, request.scope.get(REQUEST_ID, ""))
            request.scope[STATE] = state
            try:
                shown, stranger = request.headers.get("authorization"), caller_of(state.principal, request)
                with kit.under_way.one_of(stranger):
                    carried = await carried_by(kit.database, kit.clock, shown, caller=stranger)
                state.principal = carried.principal.of_request(await kit.lineage.lineage())
                state.caller = caller_of(state.principal, request)
                with kit.under_way.one_of(state.caller):
                    response = await answered(request, state, Carried(state.principal, carried.device_id))
            except Exception as error:
                refused = refusal(error, state.request_id, kit.constraints)
                if refused is None:
                    raise
                response = refused
            response.headers.update(VERSION_HEADER)
            return response

        return endpoint

    async def form_list(self, request: Request, state: RequestState, carried: Carried) -> Response:
        async with state.kit.database.session(state.caller) as session:
            forms = await self._forms(session, state, request).listed(carried.principal)
        return await _fetched(request, state, Response(form_list(forms, server_of(request)), media_type=XML))

    async def form(self, request: Request, state: RequestState, carried: Carried) -> Response:
        async with state.kit.database.session(state.caller) as session:
            form = await self._forms(session, state, request).form(carried.principal, request.path_params["code"])
        return await _fetched(request, state, Response(form.xml, media_type=XML))

    async def manifest(self, request: Request, state: RequestState, carried: Carried) -> Response:
        code = request.path_params["code"]
        answer = manifest(code, await self._areas(request, state, carried, code), server_of(request))
        return await _fetched(request, state, Response(answer, media_type=XML))

    async def areas(self, request: Request, state: RequestState, carried: Carried) -> Response:
        answer = await self._areas(request, state, carried, request.path_params["code"])
        return await _fetched(request, state, Response(answer, media_type="text/csv; charset=utf-8"))

    async def submission(self, request: Request, state: RequestState, carried: Carried) -> Response:
        """HEAD tells where to send and how much; POST takes one instance with its files, or a part of them."""
        if request.method == "HEAD":
            return Response(status_code=204, headers={"location": str(request.url), **LENGTH_HEADER})
        await read_body(request, MAX_SUBMISSION)
        sent = read_multipart(await request.body(), request.headers.get("content-type", ""))
        assert sent.instance is not None
        instance = sent.instance
        files = await self._received(state, carried, instance, sent.files)

        async def answer(request: Request) -> Response:
            context = await request_context(request, state.begun())
            departments = state.kit.code_lists["departments"].names
            if sent.incomplete:
                known, again = await Submissions(context, self._parts, departments).part(carried, instance, files)
                surplus.update({name: one for name, one in (files or {}).items() if one.id in again})
                if known is None:
                    return Response(message("已收到一部分，请继续发送其余文件", "submit_success"), 202, media_type=XML)
                return Response(message("已收到，此前已登记", "submit_success"), 201, media_type=XML)
            arrived = await Submissions(context, self._parts, departments).submit(carried, instance, files)
            told = message("已收到，此前已登记" if arrived.again else "已登记", "submit_success")
            return Response(told, status_code=201, media_type=XML)

        surplus: dict[str, Received] = {}
        try:
            response = await _answered(answer, state, request)
        except Exception:
            await _discarded(state, files or {})
            raise
        await _discarded(state, surplus)
        return response

    def _forms(self, session: Any, state: RequestState, request: Request) -> Forms:
        """`?media=none`: forms for who can send no files."""
        files = state.kit.archive.keeps and request.query_params.get("media") != "none"
        departments = state.kit.code_lists["departments"].names
        return Forms(session, state.kit.clock, self._parts, departments=departments, files=files)

    async def _received(
        self, state: RequestState, carried: Carried, instance: bytes, files: Mapping[str, bytes]
    ) -> Mapping[str, Received] | None:
        """The files that the instance names, in the store before the transaction begins; None if none are kept.

        Of an instance that has arrived already they are not received again.
        """
        kit = state.kit
        if not kit.archive.keeps:
            return None
        root = read_instance(instance)
        named = texts_of(root)
        wanted = {name: content for name, content in files.items() if name in named}
        async with kit.database.session(state.caller) as session:
            if not wanted or await arrived(session, head_of(root).instance_id):
                return {}
        received: dict[str, Received] = {}
        by, limit = carried.principal.subject, kit.settings.max_file_bytes
        try:
            for name, content in wanted.items():
                received[name] = await kit.archive.receive(_whole(content), by=by, limit=limit)
        except Exception:
            await _discarded(state, received)
            raise
        return received

    async def _areas(self, request: Request, state: RequestState, carried: Carried, code: str) -> bytes:
        async with state.kit.database.session(state.caller) as session:
            return areas_file(await self._forms(session, state, request).areas(carried.principal, code))


async def _answered(
    answer: Callable[[Request], Awaitable[Response]], state: RequestState, request: Request
) -> Response:
    """One transaction, begun anew once if it had bad luck; it is over when this returns or raises."""
    try:
        try:
            return await attempt(answer, state, request)
        except Exception as error:
            if not is_unlucky(state, error):
                raise
        await state.begin_again()
        return await attempt(answer, state, request)
    finally:
        await state.end()


async def _discarded(state: RequestState, files: Mapping[str, Received]) -> None:
    """What a refused instance brought is not kept until the sweep: it would count as its worker's uploads."""
    if files:
        await state.kit.archive.discard([one.id for one in files.values()])


async def _whole(content: bytes) -> AsyncIterator[bytes]:
    yield content


async def _fetched(request: Request, state: RequestState, response: Response) -> Response:
    await finish(state, request, response)
    return response


def refusal(error: Exception, request_id: str, constraints: Mapping[str, type[DomainError]]) -> Response | None:
    """A refusal as the phone shows it; None for a defect of ours. What fields were refused is named by their titles."""
    problem = respond(error, request_id, constraints)
    if problem is None:
        return None
    told = orjson.loads(bytes(problem.body))
    sentences = [told["title"], *(one["message"] for one in told["errors"][:3]), told.get("advice", "")]
    text = "；".join(one for one in sentences if one)
    kept = {name: value for name, value in problem.headers.items() if name in ("www-authenticate", "retry-after")}
    return Response(message(text, "submit_error"), status_code=problem.status_code, media_type=XML, headers=kept)
