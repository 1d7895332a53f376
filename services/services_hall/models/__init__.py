"""Tables."""

from services.services_hall.models.base import Base
from services.services_hall.models.cases import Applicant, Case, CaseSerial, CaseStep
from services.services_hall.models.items import Item, ItemVersion

__all__ = ["Applicant", "Base", "Case", "CaseSerial", "CaseStep", "Item", "ItemVersion"]
