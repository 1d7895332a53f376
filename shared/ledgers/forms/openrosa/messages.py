"""What OpenRosa answers: the list of forms, the manifest of a form, and a message for the worker, as XML."""

import csv
import hashlib
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from xml.etree.ElementTree import Element, SubElement, tostring

from shared.ledgers.forms.drawing.form import Form
from shared.ledgers.forms.drawing.questions import AREAS

XML = "text/xml; charset=utf-8"
VERSION_HEADER = {"X-OpenRosa-Version": "1.0"}


@dataclass(frozen=True, slots=True)
class ListedArea:
    """An area as a form offers it."""

    code: str
    name: str
    level: str


def form_list(forms: Iterable[Form], server: str) -> bytes:
    """The forms that a device may fetch (OpenRosa form discovery, 1.1)."""
    root = Element("xforms", xmlns="http://openrosa.org/xforms/xformsList")
    for form in forms:
        one = SubElement(root, "xform")
        parts = {
            "formID": form.code,
            "name": form.title,
            "version": form.version,
            "hash": form.hash,
            "downloadUrl": f"{server}/forms/{form.code}/form.xml",
            "manifestUrl": f"{server}/forms/{form.code}/manifest",
        }
        for name, text in parts.items():
            SubElement(one, name).text = text
    return _written(root)


def manifest(code: str, areas: bytes, server: str) -> bytes:
    """What comes beside a form: the list of areas, which differs from device to device."""
    root = Element("manifest", xmlns="http://openrosa.org/xforms/xformsManifest")
    one = SubElement(root, "mediaFile")
    SubElement(one, "filename").text = AREAS
    SubElement(one, "hash").text = "md5:" + hashlib.md5(areas, usedforsecurity=False).hexdigest()
    SubElement(one, "downloadUrl").text = f"{server}/forms/{code}/{AREAS}"
    return _written(root)


def message(text: str, nature: str) -> bytes:
    """A sentence that the phone shows."""
    root = Element("OpenRosaResponse", xmlns="http://openrosa.org/http/response")
    SubElement(root, "message", nature=nature).text = text
    return _written(root)


def areas_file(areas: Sequence[ListedArea]) -> bytes:
    """The list of areas as a form reads it: CSV in UTF-8."""
    lines = io.StringIO()
    writer = csv.writer(lines, lineterminator="\n")
    writer.writerow(("name", "label", "level"))
    writer.writerows((one.code, f"{one.name}（{one.code}）", one.level) for one in areas)
    return lines.getvalue().encode()


def _written(root: Element) -> bytes:
    text: bytes = tostring(root, encoding="utf-8", xml_declaration=False)
    return b'<?xml version="1.0" encoding="UTF-8"?>\n' + text
