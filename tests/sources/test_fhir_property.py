"""Whatever a FHIR file holds: every resource is used, ignored or set aside, and nothing else happens."""

import json
import tempfile
from pathlib import Path

import duckdb
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.errors import RefusedError
from pipeline.sources import open_drop, stage
from tests.sources.conftest import HEAD
from tests.sources.fhir_responses import DIARY, TABLES, Resource

LINKS = st.sampled_from(["needle", "device", "se", "other", "", " ", "a\"b'c", None, 7, [], "ä\u0301"])
SCALARS = st.sampled_from([None, True, 0.5, -1, 1e300, 2**70, "", "pen", "2025-03", "\0", "\ud7ff", [], {}, [1]])
VALUES = st.dictionaries(
    st.sampled_from(
        ["valueString", "valueDecimal", "valueBoolean", "valueCoding", "valueQuantity", "valueDate", "valueAttachment",
         "extension"]
    ),
    SCALARS | st.dictionaries(st.sampled_from(["code", "display", "value", "unit"]), SCALARS, max_size=3),
    max_size=2,
)  # fmt: skip


def with_items(answer: Resource, items: list[Resource]) -> Resource:
    """An answer that holds items."""
    return {**answer, "item": items}


ITEMS = st.recursive(
    st.fixed_dictionaries({"linkId": LINKS}, optional={"answer": st.lists(VALUES, max_size=2) | SCALARS}),
    lambda inner: st.fixed_dictionaries(
        {"linkId": LINKS},
        optional={
            "item": st.lists(inner, max_size=3) | SCALARS,
            "answer": st.lists(
                st.builds(lambda v, i: {**v, "item": i}, VALUES, st.lists(inner, max_size=2)), max_size=2
            ),
        },
    ),
    max_leaves=6,
)
RESOURCES = st.fixed_dictionaries(
    {"resourceType": st.sampled_from(["QuestionnaireResponse"] * 5 + ["Patient", None, 3])},
    optional={
        "id": SCALARS,
        "questionnaire": st.sampled_from([DIARY, DIARY + "|1", "urn:other", None, ["x"]]),
        "status": st.sampled_from(["completed", "entered-in-error", "in-progress", "amended", "final", None, {}]),
        "subject": SCALARS
        | st.fixed_dictionaries({"reference": SCALARS})
        | st.fixed_dictionaries({"identifier": SCALARS}),
        "authored": SCALARS,
        "item": st.lists(ITEMS, max_size=3) | SCALARS,
    },
)
NO_RESOURCES = st.sampled_from(["", "{", "null", "[]", '"x"', '{"resourceType"', "\ufeff{}"])
LINES = st.lists(RESOURCES.map(json.dumps) | NO_RESOURCES, max_size=5)


@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow])
@given(lines=LINES, is_bundle=st.booleans())
def test_every_resource_is_accounted_for(lines: list[str], is_bundle: bool) -> None:
    entries = [json.loads(line) for line in lines if line.startswith('{"resourceType":')] if is_bundle else []
    text = json.dumps({"resourceType": "Bundle", "entry": [{"resource": e} for e in entries]})
    with tempfile.TemporaryDirectory() as folder, duckdb.connect() as con:
        drop = Path(folder)
        (drop / "source.toml").write_text(HEAD.format(form="fhir") + TABLES, encoding="utf-8")
        (drop / "some.json").write_bytes((text if is_bundle else "\n".join(lines)).encode())
        try:
            opened = open_drop(drop)
            (file,) = (file for file in opened.files if file.name == "some.json")
            staged = stage(con, file, opened.manifest, drop)
        except RefusedError:
            return
        used = {row[0] for row in con.execute("SELECT __line FROM read_parquet(?)", [str(staged.data)]).fetchall()}
        query = "SELECT __line, reason FROM read_parquet(?)"
        bad = dict(con.execute(query, [str(staged.malformed)]).fetchall()) if staged.malformed else {}
    numbers = range(1, 1 + (len(entries) if is_bundle else len(lines)))
    assert staged.records == (len(entries) if is_bundle else sum(bool(line.strip()) for line in lines))
    assert used | bad.keys() <= set(numbers)
    assert not used & bad.keys()
    assert set(bad.values()) <= {"malformed_line", "ambiguous", "encoding"}
