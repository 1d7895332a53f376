"""The composition root of registry's HTTP process."""

from fastapi import FastAPI

from services.registry.corrections.domain import CorrectionPolicy
from services.registry.features import FEATURES, SPEC
from services.registry.persons.repository.loader import PersonLoader
from services.registry.settings import Settings
from services.registry.transfers.domain import AfterLimit, TransferPolicy
from services.registry.verifications.domain import Freshness
from shared.auth.access_log import AccessLog
from shared.clock import Clock
from shared.crypto.extracts import ExtractWriter
from shared.crypto.jwe import InboundKeys
from shared.db.engine import Database
from shared.http.app import build_app
from shared.http.kit import Verifier


def create_app(
    settings: Settings,
    *,
    clock: Clock | None = None,
    database: Database | None = None,
    access_log: AccessLog | None = None,
    verifier: Verifier | None = None,
) -> FastAPI:
    """Nothing connects before the lifespan begins."""
    app = build_app(
        SPEC,
        settings,
        features=FEATURES,
        clock=clock,
        database=database,
        access_log=access_log,
        verifier=verifier,
    )
    private = settings.inbound_private_keys.get_secret_value()
    app.state.inbound_keys = InboundKeys.parse(private).public_set() if private else {"keys": []}
    app.state.person_loader = PersonLoader(lambda: app.state.kit.database)
    app.state.extract_writer = ExtractWriter.parse(
        settings.extract_private_key.get_secret_value(), settings.extract_encryption_keys.get_secret_value()
    )
    app.state.transfer_policy = TransferPolicy(settings.transfer_work_days, AfterLimit(settings.transfer_after_limit))
    app.state.correction_policy = CorrectionPolicy.parse(settings.correction_steps, settings.correction_work_days)
    app.state.freshness = Freshness.parse(settings.fresh_days)
    return app
