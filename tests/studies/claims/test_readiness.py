"""Which questions people could answer: what is there, and whether they are enough."""

from pathlib import Path

import duckdb
import pytest

from pipeline import config
from pipeline.flow import publication
from pipeline.flow.intake import silent, take_in
from pipeline.landing import bench as landing
from pipeline.landing.rehearsal import rehearsal
from pipeline.studies.claims.readiness import Readiness, nobody, readiness

PEOPLE = "participant_id,enrolled_on,age_years,sex,diagnosis,staging_scale,stage,consent\n"
SESSIONS = "participant_id,performed_on,device,needle_length_mm,setting\n"
OUTCOMES = "participant_id,assessed_on,instrument,value,unit,rater,region\n"


class Clinic:
    """Rows of a drop, written person by person; every person has a baseline and a result at 24 weeks."""

    def __init__(self) -> None:
        self.people, self.sessions, self.outcomes, self.rest = [PEOPLE], [SESSIONS], [OUTCOMES], dict[str, str]()
        self.n = 0

    def add(
        self,
        n: int,
        gain: float = 10,
        *,
        needle: float = 1.5,
        days: tuple[int, ...] = (),
        device: str = "dermaroller",
        stage: str = "II",
    ) -> None:
        for i in range(n):
            self.n += 1
            person = f"P{self.n}"
            self.people.append(f"{person},2025-01-01,40,male,androgenetic_alopecia,norwood,{stage},yes\n")
            self.sessions += [f"{person},2025-01-{d:02d},{device},{needle},home\n" for d in days]
            for day, value in (("2025-01-01", 120.0), ("2025-06-18", 120 + gain + i % 3)):
                self.outcomes.append(f"{person},{day},hair_density,{value},/cm2,software,crown\n")

    def ask(self, folder: Path) -> dict[str, Readiness]:
        """The answers by claim."""
        drop = folder / "drop"
        drop.mkdir()
        (drop / "source.toml").write_text(
            '[source]\nid = "a"\nformat = "csv"\nextracted_on = "2026-06-30"\n', encoding="utf-8"
        )
        files = {
            "participants": "".join(self.people),
            "sessions": "".join(self.sessions),
            "outcomes": "".join(self.outcomes),
        }
        for name, text in (files | self.rest).items():
            (drop / f"{name}.csv").write_text(text, encoding="utf-8")
        with rehearsal(config.load(folder / "home")) as there, landing.opened(there, create=True) as bench:
            intake = take_in(bench, "check", [drop], silent)
            assert intake.reasons == {}
            candidate, _ = publication.assemble(bench)
            with duckdb.connect(str(candidate / "research.duckdb"), read_only=True) as con:
                people = [str(row[0]) for row in con.execute("SELECT pseudonym FROM participants").fetchall()]
                return {answer.claim: answer for answer in readiness(con, people)}


WEEKLY, TWICE = (2, 9, 16, 23), (2, 5, 9, 12, 16, 19, 23, 26)


@pytest.fixture
def clinic() -> Clinic:
    return Clinic()


def test_two_schedules_with_enough_people(clinic: Clinic, tmp_path: Path) -> None:
    clinic.add(12, days=WEEKLY)
    clinic.add(12, needle=0.5, days=TWICE)
    found = clinic.ask(tmp_path)["C1"]
    assert found.answer == "yes"
    assert found.because[0].startswith(
        "people with a change of hair density: 0.5 mm twice a week 12, 1.5 mm once a week 12; they could show a "
        "difference of 1.0, and 4.3 is what matters"
    )


def test_too_few_people_to_compare_at_all(clinic: Clinic, tmp_path: Path) -> None:
    clinic.add(12, days=WEEKLY)
    clinic.add(9, needle=0.5, days=TWICE)
    found = clinic.ask(tmp_path)["C1"]
    assert found.answer == "not yet"
    assert "0.5 mm twice a week 9, 1.5 mm once a week 12; at least 10 of each" in found.because[0]


def test_enough_people_but_too_unlike_to_see_what_matters(clinic: Clinic, tmp_path: Path) -> None:
    for gain in (-40, -20, 0, 20, 40, 60):
        clinic.add(2, gain, days=WEEKLY)
        clinic.add(2, gain, needle=0.5, days=TWICE)
    found = clinic.ask(tmp_path)["C1"]
    assert found.answer == "not yet"
    assert "of each would do, here or in other drops" in found.because[0]


def test_needling_against_not_needling_by_stage_and_device(clinic: Clinic, tmp_path: Path) -> None:
    for stage in ("II", "V"):
        clinic.add(10, stage=stage)
        clinic.add(10, stage=stage, days=WEEKLY, device="dermastamp")
    found = clinic.ask(tmp_path)
    assert {claim: found[claim].answer for claim in ("C3", "C4", "C6", "C7", "C9")} == {
        "C3": "yes", "C4": "yes", "C6": "yes", "C7": "in part", "C9": "not yet",
    }  # fmt: skip
    assert "early stage, needling 10, early stage, not needling 10" in found["C6"].because[0]
    assert "nobody with alopecia areata has a baseline and a result after 12 weeks or more" in found["C7"].because


def test_side_effects_costs_and_other_treatments(clinic: Clinic, tmp_path: Path) -> None:
    clinic.add(20)
    clinic.sessions = [SESSIONS.replace("performed_on", "session_id,performed_on")]
    clinic.rest = {
        "side_effects": "participant_id,session_id,asked_on,effect,resolved_after_hours\n",
        "costs": "participant_id,incurred_on,item,amount,currency,lasts_months\n",
        "treatments": "participant_id,treatment,asked_on,started_on\n",
    }
    for i in range(1, 21):
        place, other = ("home", "none,2025-01-01,") if i % 2 else ("clinic", "minoxidil_topical,2025-01-01,2024-01")
        clinic.sessions += [f"P{i},S{i}-{d},2025-01-{d:02d},dermaroller,1.5,{place}\n" for d in (2, 5, 9, 12)]
        clinic.rest["side_effects"] += "".join(f"P{i},S{i}-{d},2025-01-{d + 1:02d},redness,20\n" for d in (2, 9))
        clinic.rest["costs"] += f"P{i},2025-01-02,device,30,EUR,6\n"
        clinic.rest["treatments"] += f"P{i},{other}\n"
    found = clinic.ask(tmp_path)
    assert {claim: found[claim].answer for claim in ("C2", "C5", "C8")} == {"C2": "in part", "C5": "yes", "C8": "yes"}
    assert found["C5"].because[0] == "sessions after which somebody was asked about side effects: 40 of 80"
    few = clinic.rest["side_effects"].splitlines(keepends=True)[:31]
    clinic.rest["side_effects"] = "".join(few)
    (tmp_path / "again").mkdir()
    again = clinic.ask(tmp_path / "again")["C5"]
    assert again.answer == "not yet"
    assert again.because[0].endswith("30 of 80; 40 or more are needed")


def test_nobody_answers_nothing() -> None:
    answers = nobody()
    assert [answer.claim for answer in answers] == [f"C{i}" for i in range(1, 10)]
    assert {answer.answer for answer in answers} == {"not yet"}
