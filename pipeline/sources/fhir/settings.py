"""What a mapping of FHIR QuestionnaireResponses need not say: the person, the day, the identity, what is withdrawn."""

from dataclasses import replace

from pipeline.contract.columns import Table
from pipeline.contract.mapping import TableMapping
from pipeline.contract.tables import TABLES
from pipeline.sections import Section

AUTHORED = "authored"
"""The one element of a response that a mapping names as it names linkIds."""

_ELEMENT = "QuestionnaireResponse."
ID, SUBJECT, STATUS, QUESTIONNAIRE = (_ELEMENT + name for name in ("id", "subject", "status", "questionnaire"))
RECORD, DATE = _ELEMENT + "record", _ELEMENT + "date"
"""The id with the number of the repetition behind it, and `authored` where it stands in for a date of the table."""

ELEMENTS = (AUTHORED, ID, SUBJECT, STATUS, QUESTIONNAIRE, RECORD, DATE)
TABLE = "(table)"
"""Column that the reader adds: the table for which a row was made. A response may be a row of several tables."""

STATUSES = ("in-progress", "completed", "amended", "entered-in-error", "stopped")
"""http://hl7.org/fhir/R4/valueset-questionnaire-answers-status.html"""

UNFINISHED, WITHDRAWN = "in-progress", "entered-in-error"
_IS_WITHDRAWN = {status: "true" if status == WITHDRAWN else "false" for status in STATUSES}


def read_questionnaire(section: Section) -> str | None:
    """The canonical address of the questionnaire whose responses are rows of the table."""
    address = section.text("questionnaire")
    if address is not None and not address.strip():
        section.note(
            "questionnaire", 'is empty; expected an address such as "urn:example:diary" or "urn:example:diary|2"'
        )
    return None if address is None else address.strip()


def complete(mapping: TableMapping, section: Section) -> TableMapping:
    """The mapping, with the elements of the response in the places that it leaves open."""
    taken = {*mapping.columns.values(), *mapping.constants}
    if not mapping.files:
        section.note("files", 'is missing; expected NDJSON files or Bundles, such as ["responses*.ndjson"]')
    if "withdrawn" in taken:
        section.note("columns", "withdrawn follows from the status entered-in-error here; take it out")
    table = TABLES[mapping.table]
    open_places = {SUBJECT: "participant_id", DATE: _date(table, mapping, taken), STATUS: "withdrawn"}
    if not mapping.key and table.identity is not None:
        open_places[RECORD] = table.identity.name
    added = {header: name for header, name in open_places.items() if name is not None and name not in taken}
    return replace(
        mapping,
        columns={**added, **mapping.columns},
        values={"withdrawn": _IS_WITHDRAWN, **mapping.values},
        where={**mapping.where, TABLE: (table.name,)},
    )


def _date(table: Table, mapping: TableMapping, taken: set[str]) -> str | None:
    """The date that `authored` stands in for; None where the mapping places its records in another way."""
    counted = {f"{c.stem}_day" for c in table.columns if c.kind in ("date", "period")}
    placed = bool(mapping.instruments) and all(w.visit is not None or w.day is not None for w in mapping.instruments)
    if placed or taken & counted or "enrolled_quarter" in taken:
        return None
    return table.time or "asked_on"  # treatments have no date of their own, but the day on which was asked
