"""Answers to granted cases (办件登记答复): which benefits they bring, and the code of what was taken back since."""

from collections.abc import Mapping

from shared.contracts.county.lists import ListKind
from shared.contracts.services_hall.case_effects import CaseEffectKind

LISTED: Mapping[CaseEffectKind, ListKind] = {CaseEffectKind.MINIMUM_LIVING: ListKind.MINIMUM_LIVING}
"""The kinds of effect that bring a benefit; the others are life events."""
EFFECT_REVERSED = "effect_reversed"
"""Code of an answer: what was granted was entered, and was taken back since by the register's own rules."""
