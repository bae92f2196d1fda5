"""The pages, and the registry that app.py turns into the navigation. A page is one module here and one row below.

The folder is not called `pages`: Streamlit would serve that one directly, past app.py and its login.

How to write a page: a module here with `show`, decorated by `frame.page` (row level) or `frame.clinic_page` (what
clinics see, too). The decorator opens the version, draws the banners and the last line, and says why where nothing can
be read; `show` gets a `Reading`. Read with `queries.<group>.<name>(*reading.at, ...)`, never here. Draw the controls
first where they decide the answer, but in a container below the one for `frame.head(reading, question, answer)`; read
each control's part of the link with `links.read` before its widget. A figure comes from `dashboard/figures/` and is
drawn by `chart(partial(figure, its arguments), key, alt, data, certificate)`, once for the same arguments, with its
downloads below, whose rows `data` makes at a click; a table is drawn by `prose.table` and has `downloads.data_buttons`.
The certificate is `reading.certificate(**what was chosen)`, or `of_comparison(result)`. Where no figure
can stand, `empty` or `empty_for(reason code)` says which kind of gap it is. Then one row in `PAGES`, its keys in
`dashboard/keys.py`, and a test with AppTest: filled, empty, too few, another role.
"""

from collections.abc import Callable
from dataclasses import dataclass

from dashboard.access import Viewer
from dashboard.access_list import Role
from dashboard.views import (
    adherence,
    claims,
    clinic,
    cohort,
    compare,
    cost,
    course,
    depth_map,
    evidence,
    help,
    overview,
    quality,
    response,
    safety,
    steward,
)


@dataclass(frozen=True)
class Page:
    """One page: the function that draws it for a viewer, and who has it in the navigation."""

    show: Callable[[Viewer], None]
    title: str
    section: str
    url_path: str
    icon: str
    roles: frozenset[Role]


_STEWARDS: frozenset[Role] = frozenset({"steward"})
_RESEARCHERS: frozenset[Role] = _STEWARDS | {"researcher"}
_EVERYBODY: frozenset[Role] = _RESEARCHERS | {"clinic"}

COMPARE = "compare"
"""Where comparisons stand: links to studies lead there."""

PAGES: tuple[Page, ...] = (
    Page(overview.show, "Overview", "", "overview", ":material/dashboard:", _RESEARCHERS),
    Page(cohort.show, "Cohort", "Results", "cohort", ":material/groups:", _RESEARCHERS),
    Page(compare.show, "Compare", "Results", COMPARE, ":material/compare_arrows:", _RESEARCHERS),
    Page(depth_map.show, "Depth and frequency", "Results", "depth-frequency", ":material/grid_on:", _RESEARCHERS),
    Page(course.show, "Course", "Results", "course", ":material/timeline:", _RESEARCHERS),
    Page(response.show, "Time to response", "Results", "time-to-response", ":material/stairs_2:", _RESEARCHERS),
    Page(safety.show, "Safety", "Results", "safety", ":material/health_and_safety:", _RESEARCHERS),
    Page(cost.show, "Cost", "Results", "cost", ":material/payments:", _RESEARCHERS),
    Page(adherence.show, "Adherence", "Results", "adherence", ":material/event_repeat:", _RESEARCHERS),
    Page(claims.show, "Claims", "Results", "claims", ":material/fact_check:", _RESEARCHERS),
    Page(evidence.show, "Evidence", "Results", "evidence", ":material/library_books:", _RESEARCHERS),
    Page(clinic.show, "Clinic", "Clinics", "clinic", ":material/local_hospital:", _EVERYBODY),
    Page(quality.show, "Data quality", "Data", "quality", ":material/rule:", _RESEARCHERS),
    Page(steward.show, "Steward", "Data", "steward", ":material/inventory_2:", _STEWARDS),
    Page(help.show, "Help", "Help", "help", ":material/help:", _EVERYBODY),
)
"""In the order of the navigation; pages of one section stand together."""


def pages_for(viewer: Viewer) -> tuple[Page, ...]:
    """The pages of a viewer's role. What is not among them is not there for them; the data are guarded all the same."""
    return tuple(page for page in PAGES if viewer.role in page.roles)
