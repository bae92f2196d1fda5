"""The pages, and the registry that app.py turns into the navigation. A page is one module here and one row below.

The folder is not called `pages`: Streamlit would serve that one directly, past app.py and its login.
"""

from collections.abc import Callable
from dataclasses import dataclass

from dashboard.access import Role, Viewer
from dashboard.views import compare, steward


@dataclass(frozen=True)
class Page:
    """One page: the function that draws it for a viewer, and who has it in the navigation."""

    show: Callable[[Viewer], None]
    title: str
    section: str
    url_path: str
    icon: str
    roles: frozenset[Role]


_RESEARCHERS: frozenset[Role] = frozenset({"researcher", "steward"})

PAGES: tuple[Page, ...] = (
    Page(compare.show, "Compare", "Results", "compare", ":material/compare_arrows:", _RESEARCHERS),
    Page(steward.show, "Steward", "Data", "steward", ":material/inventory_2:", _RESEARCHERS),
)
"""In the order of the navigation; pages of one section stand together."""


def pages_for(viewer: Viewer) -> tuple[Page, ...]:
    """The pages of a viewer's role."""
    return tuple(page for page in PAGES if viewer.role in page.roles)
