"""Generator of the committed documents: OpenAPI, AsyncAPI, event schemas, `docs/events.md`, `.env.example`, Helm.

`python -m deploy.local.generate` writes them (`make generate`), with `--check` it compares them.
"""

import base64
import importlib
import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from deploy.handbook import settings as handbook_settings
from deploy.handbook import telling
from deploy.helm import dashboards, readme, rules
from deploy.kafka import strimzi
from deploy.local.ledger_pages import pages as ledger_pages
from shared.contracts.asyncapi import SERVICES, VERSION, document
from shared.contracts.catalogue import INBOUND_TOPICS, STATE_TOPICS
from shared.contracts.county.inbound import INBOUND
from shared.contracts.envelope import FACTS, STATES, Fact, noun_of
from shared.contracts.schemas import all_schemas
from shared.documents.merge import merged
from shared.http.conventions import CONVENTIONS
from shared.ledgers.grammar.schema import definition_schema

ROOT = Path(__file__).resolve().parents[2]
API = Path("docs/api")
HELM = Path("deploy/helm/xiangli")
STRIMZI = Path("deploy/helm/examples/strimzi")
SCHEMAS = API / "schemas"


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"


def _facts() -> list[type[Fact[Any]]]:
    return [FACTS[key] for key in sorted(FACTS)]


def openapi(service: str) -> dict[str, Any]:
    """A service's OpenAPI document; nothing is connected to."""
    key = base64.b64encode(bytes(32)).decode()
    settings = importlib.import_module(f"services.{service}.settings").Settings(
        database_url="postgresql+asyncpg://nobody@127.0.0.1/none",
        kafka_bootstrap="127.0.0.1:9",
        oidc_issuer="http://127.0.0.1:9",
        field_keys=f"k:{base64.b64encode(bytes(16)).decode()}",
        index_keys=f"k:{key}",
        cursor_key="generated-documents-only",
        position_keys=f"k:{base64.b64encode(bytes(16)).decode()}",
        **({"extract_private_key": f"k:{key}"} if service == "registry" else {}),
        **({"extract_public_keys": f"k:{key}"} if service == "services_hall" else {}),
        **({"extract_encryption_keys": f"k:{key}"} if service in ("registry", "services_hall") else {}),
    )
    app = importlib.import_module(f"services.{service}.app").create_app(settings)
    result: dict[str, Any] = app.openapi()
    return result


def together(documents: Mapping[str, dict[str, Any]]) -> dict[str, Any]:
    """One OpenAPI document of all services."""
    summary = "乡里：县域城乡社区统一后台"
    return merged(documents, title="Xiangli", summary=summary, version=VERSION, description=CONVENTIONS)


def events_page() -> str:
    """`docs/events.md`: every topic, its facts and the fields of its state."""
    lines = [
        "# Events",
        "",
        "Generated from `shared/contracts/`; `make generate` renews it. The machine-readable form is",
        "[api/asyncapi.json](api/asyncapi.json). Topics are compacted: the last state of a key stays for ever.",
        "",
    ]
    for topic in STATE_TOPICS.values():
        state = STATES[topic.noun]
        lines += [f"## `{topic.name}`", ""]
        lines += [
            f"Noun `{topic.noun}`, owned by {topic.owner} ({SERVICES[topic.owner]}); {topic.partitions} partitions"
        ]
        lines += [f"({topic.embedded_partitions} embedded). " + " ".join((state.__doc__ or "").split()), ""]
        lines += ["| fact | meaning |", "| --- | --- |"]
        for fact in _facts():
            if noun_of(fact.type) == topic.noun:
                meaning = " ".join((fact.__doc__ or "").split()).replace("|", "\\|")
                lines += [f"| `{fact.type}` v{fact.schema_version} | {meaning} |"]
        lines += ["", "State: " + ", ".join(f"`{name}`" for name in state.model_fields) + ".", ""]
    for topic in INBOUND_TOPICS.values():
        submission = INBOUND[topic.noun]
        days = "" if topic.retention is None else f", kept for {topic.retention.days} days"
        lines += [f"## `{topic.name}`", "", "From the county: untrusted, not compacted."]
        lines += [f"Read by {topic.readers[0]} ({SERVICES[topic.readers[0]]}); {topic.partitions} partitions"]
        lines += [f"({topic.embedded_partitions} embedded){days}. Every event is answered on", ""]
        lines[-2] += f" `{submission.answers}`."
        lines += ["| event | meaning |", "| --- | --- |"]
        meaning = " ".join((submission.__doc__ or "").split()).replace("|", "\\|")
        lines += [f"| `{submission.type}` v{submission.schema_version} | {meaning} |"]
        lines += ["", "Data: " + ", ".join(f"`{name}`" for name in submission.model_fields) + ".", ""]
    return "\n".join(lines)


SECRETS = {
    "database_url": "postgresql+asyncpg://registry_service:change-me@db.example:5432/registry",
    "migrator_database_url": "postgresql+asyncpg://registry_owner:change-me@db.example:5432/registry",
    "kafka_bootstrap": "kafka.example:9092",
    "oidc_issuer": "https://login.example/realms/county",
    "field_keys": "change-me",
    "index_keys": "change-me",
    "cursor_key": "change-me",
    "position_keys": "change-me",
    "extract_private_key": "change-me",
    "extract_encryption_keys": "change-me",
    "extract_public_keys": "change-me",
}


def environment() -> str:
    """`.env.example`: every setting of every service, with its default; what has none must be given."""
    lines = [
        "# Every setting. Generated from shared/settings.py and services/*/settings.py: `make generate` renews it.",
        "# What begins with # has the default shown; the rest must be set. A process refuses to start on change-me.",
    ]
    seen: set[str] = set()
    for service in (None, *SERVICES):
        module = "shared.settings" if service is None else f"services.{service}.settings"
        settings_class = getattr(importlib.import_module(module), "ServiceSettings" if service is None else "Settings")
        fields = {name: field for name, field in settings_class.model_fields.items() if name not in seen}
        seen |= fields.keys()
        if fields:
            lines += ["", "# all services" if service is None else f"# {service} only"]
        for name, field in fields.items():
            if field.description:
                lines.append(f"# {field.description}")
            default = "" if field.default is None else field.default
            required = field.is_required()
            value = SECRETS.get(name, "") if required else default
            lines.append(f"{'' if required else '# '}XIANGLI_{name.upper()}={value}")
    return "\n".join(lines) + "\n"


def generated() -> Iterator[tuple[Path, str]]:
    """Every generated file, relative to the project's root."""
    yield API / "asyncapi.json", _json(document())
    yield Path("docs/events.md"), events_page()
    yield Path(".env.example"), environment()
    yield HELM / "README.md", readme.page()
    yield HELM / "values.schema.json", readme.schema()
    yield HELM / "rules" / "xiangli.yaml", rules.text()
    for name, text in dashboards.files():
        yield HELM / "dashboards" / name, text
    yield from handbook_settings.pages()
    yield from telling.pages()
    yield STRIMZI / "kafka-topics.yaml", strimzi.example_topics()
    yield STRIMZI / "kafka-users.yaml", strimzi.example_users()
    for name, schema in all_schemas().items():
        yield SCHEMAS / f"{name}.json", _json(schema)
    documents = {service: openapi(service) for service in SERVICES}
    yield API / "openapi.json", _json(together(documents))
    for service, one in documents.items():
        yield API / f"{service}.openapi.json", _json(one)
    yield API / "ledger-definition.schema.json", _json(definition_schema())
    yield from ledger_pages.pages()


def main(arguments: list[str]) -> int:
    stale: list[str] = []
    wanted = dict(generated())
    folders = {path.parent for path in wanted if path.suffix == ".json"} - {ledger_pages.PAGES}  # a county has its own
    for folder in folders:
        for path in (ROOT / folder).glob("*.json"):
            if path.relative_to(ROOT) not in wanted:
                stale.append(str(path.relative_to(ROOT)))
                if "--check" not in arguments:
                    path.unlink()
    for path, text in wanted.items():
        target = ROOT / path
        if target.exists() and target.read_text(encoding="utf-8") == text:
            continue
        stale.append(str(path))
        if "--check" not in arguments:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8")
    if "--check" in arguments and stale:
        print("stale, run `make generate`: " + ", ".join(stale), file=sys.stderr)
        return 1
    print(f"{len(stale)} of {len(wanted)} generated files renewed" if stale else f"{len(wanted)} files are current")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
