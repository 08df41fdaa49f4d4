"""iWmo 3.2 and iJw 3.2 as a library: message model, codec, schema check, rules, answers, terms.

No database and nothing of ours but `core`. Bytes in, typed message or precise rejection out:

    result = parse(raw)
    if result.message is None:
        ...  # result.rejections
    findings = validate(result.message)
    reply = serialize(answer(result.message, findings, identification="1", date=today))

Dutch element names stay in here; the English names are those of the glossary.
"""

from .answers import Verdict, answer, declaration_answer, verdict_of
from .codec import InvalidMessageError, ParseResult, outlined, parse, serialize
from .lines import ServiceLines, ServiceRow, declaration_head, declaration_rows
from .model.elements import Family
from .model.messages import MESSAGE_TYPES, Message, MessageType, message_type
from .parts import parts, path_of
from .policy import MAX_BYTES, Rejection
from .rules import Finding, line_findings, validate, validate_declaration
from .schema import base_schema_text, schema_for, schema_text
from .streamed import LongDeclaration, read_declaration

__all__ = [
    "MAX_BYTES",
    "MESSAGE_TYPES",
    "Family",
    "Finding",
    "InvalidMessageError",
    "LongDeclaration",
    "Message",
    "MessageType",
    "ParseResult",
    "Rejection",
    "ServiceLines",
    "ServiceRow",
    "Verdict",
    "answer",
    "base_schema_text",
    "declaration_answer",
    "declaration_head",
    "declaration_rows",
    "line_findings",
    "message_type",
    "outlined",
    "parse",
    "parts",
    "path_of",
    "read_declaration",
    "schema_for",
    "schema_text",
    "serialize",
    "validate",
    "validate_declaration",
    "verdict_of",
]
