"""What the schema checker of libxml2 complains of, said so that a person can mend it.

The texts name elements, never values: a value may be a BSN or a name.
"""

from __future__ import annotations

import re
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from lxml import etree

from .model.elements import Node
from .model.messages import MessageType
from .model.tree import tree
from .policy import Rejection

_EXPECTED: Final = re.compile(r"Expected is (?:one of )?\( (?P<names>[^)]*) ?\)")
_LONGEST_NAME: Final = 60
_NAME: Final = re.compile(r"\}(\w+)")

_TEXTS: Final[dict[str, str | Promise]] = {
    "SCHEMAV_CVC_PATTERN_VALID": _("%(element)s does not have the right form."),
    "SCHEMAV_CVC_ENUMERATION_VALID": _("%(element)s holds a code that is not in its list."),
    "SCHEMAV_CVC_MINLENGTH_VALID": _("%(element)s is too short."),
    "SCHEMAV_CVC_MAXLENGTH_VALID": _("%(element)s is too long."),
    "SCHEMAV_CVC_MININCLUSIVE_VALID": _("%(element)s is too low."),
    "SCHEMAV_CVC_MAXINCLUSIVE_VALID": _("%(element)s is too high."),
    "SCHEMAV_CVC_DATATYPE_VALID_1_2_1": _("%(element)s is not a valid number, date or time."),
    "SCHEMAV_CVC_COMPLEX_TYPE_3_2_1": _("%(element)s has an attribute that does not belong there."),
    "SCHEMAV_CVC_TYPE_3_1_1": _("%(element)s has an attribute that does not belong there."),
    "SCHEMAV_CVC_TYPE_3_1_2": _("%(element)s holds elements where only text may stand."),
    "SCHEMAV_CVC_COMPLEX_TYPE_2_3": _("%(element)s holds text where only elements may stand."),
}


def rejection(error: etree._LogEntry, kind: MessageType, root: etree._Element) -> Rejection:
    """A rejection with the code `schema` for one complaint about a tree."""
    found = _find(error.path or "", root)
    if found is None:
        return _rejection(error, error.path or "", (error.path or "").rpartition("/")[2])
    return rejection_at(error, kind, found)


def rejection_at(error: etree._LogEntry, kind: MessageType, found: etree._Element) -> Rejection:
    """The same for a complaint of which the element is known."""
    return _rejection(error, path_of(found, kind), _local_name(found))


def _rejection(error: etree._LogEntry, path: str, element: str) -> Rejection:
    if error.type_name == "SCHEMAV_ELEMENT_CONTENT":
        text = _content(error.message, element)
    else:
        template = _TEXTS.get(error.type_name, _("%(element)s does not fit the schema."))
        text = template % {"element": element}
    return Rejection("schema", path, text)


def _content(message: str, element: str) -> str | Promise:
    expected = _EXPECTED.search(message)
    names = ", ".join(_NAME.findall(expected["names"])) if expected else ""
    if "Missing child" in message:
        return _("%(element)s is not complete: %(names)s is missing.") % {
            "element": element,
            "names": names,
        }
    if element in names.split(", "):
        return _("%(element)s stands in the wrong namespace.") % {"element": element}
    if names:
        return _("%(element)s does not belong here; expected is %(names)s.") % {
            "element": element,
            "names": names,
        }
    return _("%(element)s does not belong here.") % {"element": element}


def _find(raw: str, root: etree._Element) -> etree._Element | None:
    prefixes = {prefix: uri for prefix, uri in root.nsmap.items() if prefix}
    try:
        found = root.getroottree().xpath(raw, namespaces=prefixes)
    except etree.XPathError:
        return None  # a prefix that is declared deeper down: the raw path has to do
    return found[0] if isinstance(found, list) and found else None  # type: ignore[return-value]


def path_of(element: etree._Element, kind: MessageType) -> str:
    """Path of element names, with a place from 1 where the model lets an element repeat."""
    chain = [*reversed(list(element.iterancestors())), element]
    node: Node | None = tree(kind)
    steps = [_local_name(chain[0])]
    for step in chain[1:]:
        name = _local_name(step)
        node = node.child(name) if node else None
        if node is not None and node.maximum is None:
            place = sum(1 for _before in step.itersiblings(step.tag, preceding=True)) + 1
            name = f"{name}[{place}]"
        steps.append(name)
    return "/" + "/".join(steps)


def _local_name(element: etree._Element) -> str:
    """The name without its namespace, cut off where it is absurdly long."""
    return element.tag.rpartition("}")[2][:_LONGEST_NAME]
