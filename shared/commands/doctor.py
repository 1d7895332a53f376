"""Verb `doctor`: a check-up of everything that this service needs, as the service itself sees it."""

import argparse
import asyncio
from collections.abc import Sequence

from shared.clock import Clock, SystemClock
from shared.commands.package import Package
from shared.doctor.bus import check_bus
from shared.doctor.certificates import check_certificates
from shared.doctor.database import check_database
from shared.doctor.disk import check_disk
from shared.doctor.findings import Finding, Level
from shared.doctor.issuer import check_issuer
from shared.doctor.keys import check_keys
from shared.observability import logging
from shared.service import ServiceSpec
from shared.settings import ServiceSettings


def examine(package: Package, settings: ServiceSettings, arguments: argparse.Namespace) -> int:
    """Print the findings, two lines each, Chinese and English; exit code 1 if one of them is a fault.

    With `--quiet` what is well is not printed. `--of`: where an api may not reach Kafka, or a worker the issuer.
    """
    logging.configure(service=package.service, process="doctor", level="CRITICAL")
    found = asyncio.run(findings(package.spec, settings, SystemClock(), of=arguments.of))
    for finding in found:
        if finding.level is not Level.OK or not arguments.quiet:
            print(*finding.lines(package.service), sep="\n")
    faults = sum(finding.level is Level.FAULT for finding in found)
    print(f"{package.service} {len(found)} 项检查，{faults} 项故障 · {len(found)} checks, {faults} faults")
    return 1 if faults else 0


async def findings(
    spec: ServiceSpec, settings: ServiceSettings, clock: Clock, *, of: str | None = None
) -> Sequence[Finding]:
    """Findings of all checks, side by side: one that waits for a deadline does not make the others wait."""
    checks = [check_database(spec, settings, clock), check_keys(spec, settings)]
    checks += [check_bus(spec.name, settings)] if of != "api" else []
    checks += [check_issuer(settings, clock)] if of != "worker" else []
    parts = await asyncio.gather(*checks, check_certificates(settings, clock))
    return [*(finding for part in parts for finding in part), *check_disk(settings)]
