"""Forms as the house knows them: devices over HTTP, the door of OpenRosa, and the page in a browser."""

from shared.feature import Feature
from shared.ledgers.forms.devices.api import router
from shared.ledgers.forms.devices.domain import DeviceStatus
from shared.ledgers.forms.openrosa.domain import InstanceTaken
from shared.ledgers.forms.openrosa.door import openrosa_routes
from shared.ledgers.forms.openrosa.service import FormParts
from shared.ledgers.forms.page.door import page_routes
from shared.reference.codes import published


def form_feature(parts: FormParts) -> Feature:
    """The forms of a service's ledgers, for phones."""
    return Feature(
        router=router,
        tag="devices",
        about="填报设备：用来填报台账的手机。 Phones that fill in the forms of ledgers",
        constraints={"pk_ledger_submissions": InstanceTaken},
        code_lists=(published("device_statuses", "填报设备状态", DeviceStatus),),
        foreign=(*openrosa_routes(parts), *page_routes()),
    )
