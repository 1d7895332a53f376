"""HTTP side of the development issuer: discovery, JWKS, log-in by the code flow, tokens, rotation."""

import asyncio
from urllib.parse import parse_qs

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from deploy.local.issuer.login import LoginRefused, Logins
from deploy.local.issuer.tokens import Issuer, TokenRefused
from deploy.loopback import HOST

PAGE = {"cache-control": "no-store", "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'"}


def create_app(issuer: Issuer) -> Starlette:
    """Application of an issuer, with log-ins of its own."""
    logins = Logins(issuer)

    async def discovery(_: Request) -> Response:
        return JSONResponse(issuer.discovery())

    async def jwks(_: Request) -> Response:
        return JSONResponse(issuer.jwks(), headers={"cache-control": "no-cache"})

    async def token(request: Request) -> Response:
        try:
            form = await _form(request)
            match form.get("grant_type"):
                case ["client_credentials"]:
                    answer = issuer.answer(form)
                case ["authorization_code"]:
                    answer = logins.redeem(form)
                case ["refresh_token"]:
                    answer = logins.refresh(form)
                case _:
                    one_of = "client_credentials, authorization_code or refresh_token"
                    raise TokenRefused("unsupported_grant_type", f"grant_type must be {one_of}")
        except TokenRefused as refused:
            body = {"error": refused.error, "error_description": refused.description}
            return JSONResponse(body, 400, headers={"cache-control": "no-store"})
        return JSONResponse(answer, headers={"cache-control": "no-store"})

    async def authorize(request: Request) -> Response:
        try:
            if request.method == "GET":
                return HTMLResponse(logins.page(request.query_params), headers=PAGE)
            return RedirectResponse(logins.grant(await _form(request)), 303, headers=PAGE)
        except LoginRefused as refused:
            return HTMLResponse(logins.refusal(refused), 400, headers=PAGE)

    async def rotate(request: Request) -> Response:
        if request.client is None or request.client.host not in (HOST, "::1"):
            return JSONResponse({"error": "access_denied"}, 403)
        drop = (await _form(request)).get("drop", ["false"]) == ["true"]
        return JSONResponse({"keys": await asyncio.to_thread(issuer.rotate, drop=drop)})

    async def healthz(_: Request) -> Response:
        return JSONResponse({"status": "ok"})

    return Starlette(
        routes=[
            Route("/.well-known/openid-configuration", discovery),
            Route("/jwks", jwks),
            Route("/authorize", authorize, methods=["GET", "POST"]),
            Route("/token", token, methods=["POST"]),
            Route("/rotate", rotate, methods=["POST"]),
            Route("/healthz", healthz),
        ],
        middleware=[Middleware(CORSMiddleware, allow_origins=["*"], allow_methods=["GET", "POST"])],
    )


async def _form(request: Request) -> dict[str, list[str]]:
    return parse_qs((await request.body()).decode("utf-8", "replace"), keep_blank_values=True)
