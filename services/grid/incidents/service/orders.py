"""Joint handling of incidents (联合处置): assisting units get orders; the unit that leads answers for all."""

from typing import Any
from uuid import UUID

from services.grid.incidents.domain.codes import OrderStatus
from services.grid.incidents.domain.lifecycle import Step
from services.grid.incidents.domain.refusals import IncidentOrderTaken
from services.grid.incidents.domain.rules import OPEN_ORDERS, moved_order
from services.grid.incidents.models import Incident
from services.grid.incidents.service.moving import IncidentMoving
from services.grid.incidents.service.remarks import Remark
from services.grid.units.service import Units
from shared.auth.principal import Principal
from shared.contracts.grid.incident_steps import IncidentOrdersChanged
from shared.db.compare_and_set import Seen


class IncidentOrders:
    """Use cases of orders to assisting units; they raise as those of `Incidents`, and `IncidentOrderMoved`."""

    def __init__(self, moving: IncidentMoving, units: Units) -> None:
        self._moving = moving
        self._clock = moving.clock
        self._units = units

    async def order(
        self, principal: Principal, id: UUID, unit_id: UUID, remark: Remark, *, expected: Seen = None
    ) -> Incident:
        """派协办单: another unit is told to assist; what it shall do stands in the remark.

        Raises `UnitUnknown`, `UnitOutOfArea`, `IncidentOrderTaken`.
        """
        seen = await self._moving.begin(principal, id, Step.ORDER, expected)
        unit = await self._units.serving(principal, unit_id, seen.area)
        at_it = {one["unit_id"] for one in seen.orders if one["status"] in OPEN_ORDERS} | {str(seen.unit_id)}
        if str(unit.id) in at_it:
            raise IncidentOrderTaken.at("unit_id", subject=id)
        order = {
            "number": len(seen.orders) + 1,
            "unit_id": str(unit.id),
            "department": unit.department,
            "status": OrderStatus.ORDERED.value,
            "ordered_at": self._clock.now().isoformat(),
            "taken_at": None,
            "ended_at": None,
            "reason": None,
        }
        orders = [*seen.orders, order]
        return await self._moved(principal, seen, Step.ORDER, orders, remark, unit.department)

    async def take(
        self, principal: Principal, id: UUID, number: int, remark: Remark, *, expected: Seen = None
    ) -> Incident:
        """协办接单: the assisting unit takes its order on."""
        return await self._step(principal, id, number, Step.TAKE_ORDER, OrderStatus.TAKEN, remark, expected)

    async def send_back(
        self, principal: Principal, id: UUID, number: int, remark: Remark, *, expected: Seen = None
    ) -> Incident:
        """协办退单: the assisting unit sends its order back, for a reason."""
        return await self._step(principal, id, number, Step.RETURN_ORDER, OrderStatus.RETURNED, remark, expected)

    async def finish(
        self, principal: Principal, id: UUID, number: int, remark: Remark, *, expected: Seen = None
    ) -> Incident:
        """协办反馈: the assisting unit says that its part is done, and how."""
        return await self._step(principal, id, number, Step.FINISH_ORDER, OrderStatus.FINISHED, remark, expected)

    async def withdraw(
        self, principal: Principal, id: UUID, number: int, remark: Remark, *, expected: Seen = None
    ) -> Incident:
        """撤回协办单: the unit is needed no more, by whoever dispatches."""
        return await self._step(principal, id, number, Step.WITHDRAW_ORDER, OrderStatus.WITHDRAWN, remark, expected)

    async def _step(
        self, principal: Principal, id: UUID, number: int, step: Step, to: OrderStatus, remark: Remark, expected: Seen
    ) -> Incident:
        seen = await self._moving.begin(principal, id, step, expected, number=number)
        now = self._clock.now().isoformat()
        changes: dict[str, Any] = {"taken_at": now} if to is OrderStatus.TAKEN else {"ended_at": now}
        orders = moved_order(seen.orders, number, to, reason=remark.reason, **changes)
        department = next(one["department"] for one in orders if one["number"] == number)
        return await self._moved(principal, seen, step, orders, remark, department)

    async def _moved(
        self,
        principal: Principal,
        seen: Incident,
        step: Step,
        orders: list[dict[str, Any]],
        remark: Remark,
        department: str,
    ) -> Incident:
        subject, changes = principal.subject, {"orders": orders}
        return await self._moving.move(
            subject, seen, step, IncidentOrdersChanged, changes, remark, department=department
        )
