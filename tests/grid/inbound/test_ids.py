"""Ids of the sender: order numbers are taken, numbers of people are not, and the sender learns which was refused."""

import re

import pytest

from shared.clock import today
from shared.messaging.inbound.event import masked_id
from shared.reference.identity import check_character, check_number
from shared.reference.plain_identifiers import holds_identifier, without_order_numbers
from shared.testing.clock import FrozenClock
from tests.grid.hotline import SOURCE, Hotline, a_request, binary, headed_by, structured

pytestmark = pytest.mark.usefixtures("grids")

ORDERS = [f"45048120260316{serial:04}" for serial in range(1, 56)]
"""Area code, date, serial: the orders of one morning."""
LIKE_NUMBERS = [order for order in ORDERS if order[-1] == check_character(order[:17])]
NUMBER = "45048119900307019X"


def test_some_order_numbers_have_the_right_check_character() -> None:
    assert len(LIKE_NUMBERS) >= 4
    assert all(check_number(order, on=today(FrozenClock())).valid for order in LIKE_NUMBERS)


async def test_every_order_number_of_a_morning_is_taken_as_id(hotline: Hotline) -> None:
    for order in ORDERS:
        answer = await hotline.send(a_request(), id=order)
        assert (answer.status, answer.request_id) == ("accepted", order)


@pytest.mark.parametrize("form", ["{}", "HL{}", "DH-{}-1", "12345:{}"])
async def test_order_numbers_are_taken_in_either_mode_and_with_what_stands_round_them(
    hotline: Hotline, form: str
) -> None:
    for number, order in enumerate(LIKE_NUMBERS[:2]):
        event_id = form.format(order)
        sent = binary(a_request(), id=event_id) if number else structured(a_request(), id=event_id)
        assert (await hotline.push(sent)).request_id == event_id


@pytest.mark.parametrize(
    "order",
    ["620102202603160017", "6201022026031600171", "4504202603160000001", "450481100201202603160012", "450481260316001"],
)
async def test_order_numbers_of_other_forms_are_taken(hotline: Hotline, order: str) -> None:
    """Of Gansu, whose code begins as bank cards do; of a prefecture; of a village; with a short year."""
    assert (await hotline.send(a_request(), id=order)).request_id == order


@pytest.mark.parametrize(
    ("event_id", "masked"),
    [
        (f"HL-{NUMBER}", "HL-" + "*" * 18),
        (f"HL-{NUMBER.lower()}-7", "HL-" + "*" * 18 + "-7"),
        ("HL-13800138000-7", "HL-***********-7"),
        ("工单 HL-7", "__HL-7"),
        ("HL-7;DROP", "HL-7_DROP"),
        ("x" * 200, "x" * 128),
        (NUMBER, None),
        ("工单", None),
    ],
)
async def test_the_sender_of_a_refused_id_is_told_it_in_the_form_that_may_be_repeated(
    hotline: Hotline, event_id: str, masked: str | None
) -> None:
    answer = await hotline.send(a_request(), id=event_id)
    assert (answer.status, answer.request_source) == ("rejected", SOURCE)
    assert (answer.request_id, answer.request_id_masked) == (None, masked)
    assert not holds_identifier(answer.model_dump_json(), on=today(FrozenClock()))


async def test_nothing_is_repeated_of_an_id_of_a_stranger(hotline: Hotline) -> None:
    answer = await hotline.send(a_request(), id="HL-7", source="urn:stranger")
    assert (answer.request_source, answer.request_id, answer.request_id_masked) == (None, None, None)


@pytest.mark.parametrize("old", ["450481199003070019", "450481202503140010", "450481202603180014"])
def test_a_date_that_is_no_orders_is_looked_at_as_a_birthday(old: str) -> None:
    """Born in 1990; ordered more than a year ago; ordered the day after tomorrow."""
    assert without_order_numbers(old, on=today(FrozenClock())) == old


@pytest.mark.parametrize("field", ["category", "subject", "key", "header", "note"])
async def test_in_every_other_field_such_a_number_is_refused_as_it_would_be_a_persons(
    hotline: Hotline, field: str
) -> None:
    order = LIKE_NUMBERS[0]
    data = a_request(**({field: order} if field in ("category", "note") else {}))
    sent = binary(data, id="HL-1", **({"subject": order} if field == "subject" else {}))
    if field == "key":
        sent = headed_by(sent, key=order.encode())
    if field == "header":
        sent = headed_by(sent, headers=(*sent.headers, ("x-order", order.encode())))
    answer = await hotline.push(sent)
    assert (answer.code, answer.request_id) == ("plain_identifier", "HL-1")


def test_a_masked_id_is_never_longer_than_an_id_and_of_its_characters() -> None:
    for text in ("1" * 500, "\0" * 10, "a" + "９" * 40, "HL-４５０４８１１９９００３０７０１９Ｘ"):
        masked = masked_id(text, on=today(FrozenClock()))
        assert masked is None or re.fullmatch("[A-Za-z0-9._:~*-]{1,128}", masked)
