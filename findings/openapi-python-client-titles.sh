#!/usr/bin/env bash
# openapi-python-client 0.29.1 names classes by a schema's `title`, not by its key in `components.schemas`. Two schemas with one
# title (valid: titles are free text) make it leave out the second and everything that answers with it: the function for
# that endpoint is generated and returns None as `parsed` for a 200 with a body. The command warns, and ends with exit code 0.
# Exit 0: still so. Exit 1: it has changed.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q openapi-python-client==0.29.1
cd "$work"
cat > api.json <<'END'
{"openapi": "3.1.0", "info": {"title": "two", "version": "1"},
 "paths": {
  "/a": {"get": {"operationId": "getA", "responses": {"200": {"description": "a", "content": {"application/json":
    {"schema": {"$ref": "#/components/schemas/FirstArea"}}}}}}},
  "/b": {"get": {"operationId": "getB", "responses": {"200": {"description": "b", "content": {"application/json":
    {"schema": {"$ref": "#/components/schemas/SecondArea"}}}}}}}},
 "components": {"schemas": {
  "FirstArea": {"type": "object", "title": "Area", "required": ["code"], "properties": {"code": {"type": "string"}}},
  "SecondArea": {"type": "object", "title": "Area", "required": ["size"], "properties": {"size": {"type": "integer"}}}}}}
END
printf 'package_name_override: two\npost_hooks: []\n' > settings.yaml
venv/bin/openapi-python-client generate --path api.json --config settings.yaml --output-path client > said.txt 2>&1
echo "exit code 0; it said:"; cat said.txt
PYTHONPATH=client venv/bin/python - <<'END'
import sys

import httpx
from two import Client
from two.api.default import get_a, get_b

bodies = {"/a": {"code": "x"}, "/b": {"size": 1}}
client = Client(base_url="http://test", httpx_args={
    "transport": httpx.MockTransport(lambda request: httpx.Response(200, json=bodies[request.url.path]))
})
first, second = get_a.sync_detailed(client=client), get_b.sync_detailed(client=client)
print("a:", first.status_code, first.parsed)
print("b:", second.status_code, second.parsed)
sys.exit(0 if first.parsed is not None and second.parsed is None else 1)
END
