"""Packages and matters as the house knows them."""

from sqlalchemy import select

from services.services_hall.packages.api import matters, packages
from services.services_hall.packages.domain import PackageCodeTaken
from services.services_hall.packages.models import Matter, Package
from services.services_hall.packages.service.matters import restate as restate_matters
from services.services_hall.packages.service.packages import restate
from shared.contracts.services_hall.packages import MatterStatus, PackageStatus
from shared.feature import Feature, Restatement
from shared.reference.codes import published

FEATURE = Feature(
    router=packages.router,
    tag="packages",
    about="一件事：几个事项一次办理。 Several items brought as one",
    constraints={"uq_packages_code": PackageCodeTaken},
    states={"services_hall.package": Restatement(restate, select(Package.id))},
    code_lists=(
        published("matter_statuses", "一件事办件状态", MatterStatus),
        published("package_statuses", "一件事状态", PackageStatus),
    ),
)
MATTERS = Feature(
    router=matters.router,
    tag="packages",
    states={"services_hall.matter": Restatement(restate_matters, select(Matter.id))},
)
