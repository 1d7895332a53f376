"""Start page of the local stack: links, readiness of the eight processes, documents, and the services by proxy."""

import asyncio
import contextlib
import html
from collections.abc import AsyncIterator
from string import Template

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Mount, Route

from deploy.local import documents
from deploy.local.stack.ports import SERVICES, Ports
from deploy.local.stack.probe import is_ready
from deploy.local.start_page.proxy import Proxy
from deploy.loopback import HOST
from shared.auth.roles import Role
from shared.documents.layout import POLICY

TITLES = {
    "registry": "居民底册 registry",
    "services_hall": "一站式代办 services-hall",
    "grid": "网格化 grid",
    "indicators": "指标汇总与考评 indicators",
}

ROLES = ", ".join(f"{role.label} <code>{role}</code>" for role in Role)

PAGE = Template("""<!doctype html>
<html lang="zh-CN"><head><meta charset="utf-8"><title>乡里 Xiangli</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>
body { font: 16px/1.6 system-ui, sans-serif; margin: 2rem auto; max-width: 60rem; padding: 0 1rem; color: #1d2733 }
table { border-collapse: collapse; width: 100% } th, td { text-align: left; padding: .4rem .6rem; border-bottom: 1px solid #d5dbe1 }
.wide { overflow-x: auto } td { white-space: nowrap } code { overflow-wrap: anywhere }
pre { background: #f3f5f7; padding: 1rem; overflow-x: auto } a { color: #0b57a4 } .no { color: #a40b1d } .yes { color: #0a6b2d }
</style></head><body>
<h1>乡里 Xiangli</h1>
<p>演示县：广西岑溪市 450481。居民、住户与网格均为<strong>虚构</strong>；行政区划来自国家统计局 2023 年版。<br>
A county on one machine. Divisions are real, every resident, household and grid is synthetic.</p>
<div class="wide"><table><thead><tr><th>服务 Service</th><th>API</th><th>文档 Docs</th><th>健康 Health</th><th>指标 Metrics</th><th>就绪 Ready</th></tr></thead>
<tbody>$rows</tbody></table></div>
$token
<p>角色 Roles: $roles.</p>
<p>身份服务 Issuer: <a href="$issuer/.well-known/openid-configuration">$issuer</a> ·
<a href="/status.json">status.json</a> · <code>make demo</code></p>
<h2>接口文档 Interfaces</h2>
<p><a href="/docs/">/docs/</a>: <a href="/docs/openapi.json">OpenAPI</a>、<a href="/docs/events/">事件 events</a>、
<a href="/docs/asyncapi.json">AsyncAPI</a>，可离线阅读 all of it opens offline.</p>
</body></html>
""")  # noqa: E501

DEVELOPMENT_TOKEN = Template("""\
<h2>令牌 A token</h2>
<p><code>make token ROLE=village_clerk AREA=450481100201</code>，或 or:</p>
<pre>TOKEN=$$(curl -s $issuer/token -d grant_type=client_credentials \\
  -d role=village_clerk -d area=450481100201 | python3 -c 'import json, sys; print(json.load(sys.stdin)["access_token"])')
curl -s -H "Authorization: Bearer $$TOKEN" "$origin/registry/v1/areas/450481100201"
curl -s -H "Authorization: Bearer $$TOKEN" "$origin/registry/v1/persons?area=450481100201&amp;limit=5"</pre>
<p>手机应用用授权码流程（PKCE S256）登录 Apps log in by the code flow: <code>$issuer/authorize</code>，
<code>scope=openid offline_access</code>。</p>""")  # noqa: E501

FOREIGN_TOKEN = Template(
    "<h2>令牌 A token</h2><p>令牌由 <code>$issuer</code> 签发。 Tokens of this stack come from there.</p>"
)

ROW = Template(
    "<tr><td>$title</td><td><code>/$path/v1</code></td><td><a href='/docs/api/$path/'>docs</a> · "
    "<a href='/$path/openapi.json'>openapi.json</a> · <a href='/$path/v1/forms/'>填报 forms</a></td>"
    "<td><a href='$api/readyz'>api</a> · <a href='$worker/readyz'>worker</a></td>"
    "<td><a href='$api/metrics'>api</a> · <a href='$worker/metrics'>worker</a></td><td class='$state'>$ready</td></tr>"
)
HEADERS = {
    "cache-control": "no-store",
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'",
    "x-content-type-options": "nosniff",
}


def path_of(service: str) -> str:
    """The first segment of a service's API paths."""
    return service.replace("_", "-")


async def status_of(ports: Ports) -> dict[str, dict[str, bool]]:
    """Readiness of the eight processes, probed now."""
    asked = [
        (service, part, port(service))
        for service in SERVICES
        for part, port in (("api", ports.api_internal), ("worker", ports.worker_internal))
    ]
    answers = await asyncio.gather(*(is_ready(port) for _, _, port in asked))
    status: dict[str, dict[str, bool]] = {service: {} for service in SERVICES}
    for (service, part, _), up in zip(asked, answers, strict=True):
        status[service][part] = up
    return status


def create_app(
    ports: Ports, issuer: str | None = None, *, transport: httpx.AsyncBaseTransport | None = None
) -> Starlette:
    """Application of the start page: the page, its status in JSON, the documents, and the forwarded services.

    `issuer`: in place of the development issuer. `transport`: in place of the network to the services.
    """
    address = issuer or ports.issuer_url
    token = (FOREIGN_TOKEN if issuer else DEVELOPMENT_TOKEN).substitute(
        issuer=html.escape(address), origin=ports.origin
    )
    upstreams = {path_of(service): f"http://{HOST}:{ports.api(service)}" for service in SERVICES}
    proxy = Proxy(upstreams, transport=transport)

    async def page(_: Request) -> Response:
        rows = []
        for service, parts in (await status_of(ports)).items():
            up = all(parts.values())
            rows.append(
                ROW.substitute(
                    title=html.escape(TITLES[service]),
                    path=path_of(service),
                    api=f"http://{HOST}:{ports.api_internal(service)}",
                    worker=f"http://{HOST}:{ports.worker_internal(service)}",
                    state="yes" if up else "no",
                    ready="是 yes" if up else "否 no",
                )
            )
        text = PAGE.substitute(rows="\n".join(rows), roles=ROLES, issuer=html.escape(address), token=token)
        return HTMLResponse(text, headers=HEADERS)

    async def status(_: Request) -> Response:
        parts = await status_of(ports)
        ready = all(up for service in parts.values() for up in service.values())
        return JSONResponse({"ready": ready, "services": parts}, 200 if ready else 503, headers=HEADERS)

    async def document(request: Request) -> Response:
        found = documents.find(request.path_params["path"])
        if found is None:
            return PlainTextResponse("404", 404, headers=HEADERS)
        text, kind = found
        return Response(text, media_type=kind, headers={**HEADERS, "content-security-policy": POLICY})

    async def favicon(_: Request) -> Response:
        return PlainTextResponse("", 204)

    @contextlib.asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        yield
        await proxy.close()

    forwarded = [Mount("/" + path_of(service), app=proxy) for service in SERVICES]
    own = [Route("/", page), Route("/status.json", status), Route("/favicon.ico", favicon)]
    own += [Route("/docs", RedirectResponse("/docs/")), Route("/docs/{path:path}", document)]
    return Starlette(routes=[*own, *forwarded], lifespan=lifespan)
