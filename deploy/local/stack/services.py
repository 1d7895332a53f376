"""Specifications and settings of a stack's services, for programs outside of the services."""

import importlib

from deploy.local.stack.deployment import Stack
from shared.service import ServiceSpec
from shared.settings import ServiceSettings


def spec_of(service: str) -> ServiceSpec:
    """The service's `ServiceSpec`."""
    spec: ServiceSpec = importlib.import_module(f"services.{service}.features").SPEC
    return spec


def service_settings(stack: Stack, service: str) -> ServiceSettings:
    """Settings of a service in the stack, not from the environment."""
    settings_class: type[ServiceSettings] = importlib.import_module(f"services.{service}.settings").Settings
    return _read(settings_class, stack.settings(service))


def reader_settings(stack: Stack) -> ServiceSettings:
    """Settings of a client that may read every topic of the stack."""
    return _read(ServiceSettings, stack.reader_settings())


def hotline_settings(stack: Stack) -> ServiceSettings:
    """Settings of the county's hotline, as far as they are about the bus."""
    return _read(ServiceSettings, stack.hotline_settings())


def _read(settings_class: type[ServiceSettings], variables: dict[str, str]) -> ServiceSettings:
    given = {name.removeprefix("XIANGLI_").lower(): value for name, value in variables.items()}
    return settings_class(**given)  # type: ignore[arg-type]  # text, as from the environment
