"""What phones send is read strictly: hostile XML is refused, answers become values in the JSON forms of the ledger."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.ledgers.forms.instances.instance import Attached, Filled, filled_in, head_of
from shared.ledgers.forms.instances.reading import MAX_BYTES, MAX_NODES, read_instance
from shared.ledgers.forms.instances.refusals import NotAnInstance, NotFilledIn
from tests.shared.ledgers.forms.ledgers import EVERYTHING, definition_in

ID = "34b374bc-4a58-44ef-abb2-cbd31fc494bf"
META = f"<meta><instanceID>uuid:{ID}</instanceID></meta>"
LAUGHS = '<!DOCTYPE r [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><r>&b;</r>'
DEFINITION = definition_in(EVERYTHING)


def instance(answers: str, meta: str = META, head: str = 'id="everything" version="7-0123abcd"') -> bytes:
    return f"<?xml version='1.0' ?><record {head}>{answers}{meta}</record>".encode()


def filled(answers: str) -> Filled:
    return filled_in(read_instance(instance(answers)), DEFINITION)


@pytest.mark.parametrize(
    "body",
    [
        b"", b"   ", b"not xml", b"<r>", b"<r></x>", b"<r/><r/>", b"<r/>after", b'<r a="1" a="2"/>', b"<r>\x00</r>",
        b"<r>&#0;</r>", b"<r>&#x1;</r>", b"<r>&undeclared;</r>", b"<r>\xff\xfe</r>", "<r/>".encode("utf-16"),
        b"\xfe\xff\x00<\x00r\x00/\x00>", b"<r:r/>",
        LAUGHS.encode(),
        b'<!DOCTYPE r SYSTEM "file:///etc/passwd"><r/>',
        b'<!DOCTYPE r [<!ENTITY x SYSTEM "http://127.0.0.1:9/">]><r>&x;</r>',
        b'<!DOCTYPE r [<!ENTITY % x SYSTEM "file:///etc/passwd"> %x;]><r/>',
        b"<!DOCTYPE r><r/>",
        b"<?xml-stylesheet href='x'?><r/>", b"<r><?php x ?></r>",
        b"<r>" * 200_000,
        b"<a>" * 9 + b"</a>" * 9,
        b"<r>" + b"<a/>" * MAX_NODES + b"</r>",
        b"<r " + b" ".join(b'a%d="1"' % number for number in range(13)) + b"/>",
        b"<r>" + b"x" * MAX_BYTES + b"</r>",
    ],
    ids=lambda body: repr(body[:40]),
)  # fmt: skip
def test_hostile_xml_is_refused(body: bytes) -> None:
    with pytest.raises(NotAnInstance):
        read_instance(body)


def test_many_lines_are_read_in_linear_time() -> None:
    lines = b"\n" * (MAX_BYTES - 100)
    assert len(read_instance(b"<r>" + lines + b"</r>").text) == len(lines)


@given(st.binary(max_size=200))
def test_any_bytes_are_an_instance_or_are_refused(body: bytes) -> None:
    for one in (body, b"<r>" + body + b"</r>"):
        try:
            read_instance(one)
        except NotAnInstance:
            continue


def test_an_instance_says_which_form_it_is_of_and_which_it_is() -> None:
    head = head_of(read_instance(instance("")))
    assert (head.code, head.ledger_version, str(head.instance_id)) == ("everything", 7, ID)
    other = instance("", meta=f"<orx:meta xmlns:orx='o'><orx:instanceID>uuid:{ID.upper()}</orx:instanceID></orx:meta>")
    assert head_of(read_instance(other)) == head


@pytest.mark.parametrize(
    ("meta", "head"),
    [
        ("", 'id="everything" version="7-0123abcd"'),
        (META + META, 'id="everything" version="7-0123abcd"'),
        ("<meta><instanceID>7</instanceID></meta>", 'id="everything" version="7-0123abcd"'),
        (
            META.replace("</meta>", f"<deprecatedID>uuid:{ID}</deprecatedID></meta>"),
            'id="everything" version="7-0123abcd"',
        ),
        (META, 'id="everything"'),
        (META, 'id="everything" version="latest"'),
        (META, 'id="../etc" version="7-0123abcd"'),
        (META, 'version="7-0123abcd"'),
    ],
)
def test_an_instance_without_its_names_is_none(meta: str, head: str) -> None:
    with pytest.raises(NotAnInstance):
        head_of(read_instance(instance("", meta=meta, head=head)))


def test_answers_are_found_on_whatever_page_they_stand() -> None:
    plain = filled("<AREA>450481100201</AREA><matter>事由</matter><fee>12.5</fee>")
    paged = filled("<PLACE><AREA>450481100201</AREA></PLACE><G7><matter>事由</matter></G7><G0><fee>12.5</fee></G0>")
    assert plain == paged == Filled("450481100201", None, {"matter": "事由", "fee": 1250})


@pytest.mark.parametrize(
    ("answer", "values"),
    [
        ("<head_count>007</head_count>", {"head_count": 7}),
        ("<fee>0.01</fee>", {"fee": 1}),
        ("<fee>90071992547409.93</fee>", None),
        ("<fee>9999999999999.99</fee>", {"fee": 999999999999999}),
        ("<agreed>true</agreed>", {"agreed": True}),
        ("<agreed>false</agreed>", {"agreed": False}),
        ("<seen_at>09:30:00.000+08:00</seen_at>", {"seen_at": "09:30"}),
        ("<seen_at>09:30</seen_at>", {"seen_at": "09:30"}),
        ("<needs>a  c</needs>", {"needs": ["a", "c"]}),
        ("<place>22.9 111.2 0.0 0.0</place>", {"place": {"longitude": 111.2, "latitude": 22.9}}),
        ("<place>22.9 111.2</place>", {"place": {"longitude": 111.2, "latitude": 22.9}}),
        ("<photo>1700000000000.jpg</photo>", {"photo": Attached("1700000000000.jpg")}),
        ("<matter>  </matter>", {}),
        ("<matter/>", {}),
        ("<META>甲</META>", {"meta": "甲"}),
        ("<N_members>1</N_members><members><P_members><members.name>甲</members.name></P_members></members>",
         {"members": [{"name": "甲"}]}),
    ],
)  # fmt: skip
def test_an_answer_becomes_a_value(answer: str, values: dict[str, object] | None) -> None:
    if values is None:
        with pytest.raises(NotFilledIn):
            filled(answer)
    else:
        assert filled(answer).values == values


@pytest.mark.parametrize(
    ("answer", "path"),
    [
        ("<head_count>1.5</head_count>", "values.head_count"),
        ("<head_count>1e3</head_count>", "values.head_count"),
        ("<head_count>１</head_count>", "values.head_count"),
        ("<fee>0.001</fee>", "values.fee"),
        ("<fee>NaN</fee>", "values.fee"),
        ("<agreed>yes</agreed>", "values.agreed"),
        ("<seen_at>24:00</seen_at>", "values.seen_at"),
        ("<place>north</place>", "values.place"),
        ("<photo>../../etc/passwd</photo>", "values.photo"),
        ("<photo>a\\b.jpg</photo>", "values.photo"),
        ("<matter>a</matter><matter>b</matter>", "values.matter"),
        ("<matter><b>a</b></matter>", "values.matter"),
        ("<stranger>1</stranger>", "values"),
        ("<members><members.stranger>1</members.stranger></members>", "values.members"),
        ("<members><members.income>x</members.income></members>", "values.members.0.income"),
        ("<members/>" * 201, "values.members"),
    ],
)
def test_a_wrong_answer_is_told_by_its_place_and_never_repeated(answer: str, path: str) -> None:
    with pytest.raises(NotFilledIn) as told:
        filled(answer)
    assert [one.path for one in told.value.errors][:1] == [path]
    assert "passwd" not in repr(told.value.errors)


def test_files_are_found_wherever_they_stand() -> None:
    found = list(filled("<photo>a.jpg</photo><paper>b.pdf</paper>").files())
    assert found == [("photo", None, None, Attached("a.jpg")), ("paper", None, None, Attached("b.pdf"))]
