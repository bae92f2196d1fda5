"""Differences that are true by construction, out of the potential-outcome means."""

from collections.abc import Callable

from pipeline.simulate.assumptions import ARMS, NOTE, SIDE_EFFECTS, TRUTH_WEEKS

_SHOWN_MM = (0.25, 0.5, 1.0, 1.5, 2.0)
Means = dict[str, dict[str, float]]
"""Arm, then week, then the mean."""


def mixtures(
    means: Means, groups: tuple[str, ...], group: Callable[[int], str], weight: Callable[[int], float]
) -> Means:
    """Means of groups of arms, each arm with its weight."""
    mixed: Means = {}
    for name in groups:
        inside = [k for k in range(len(ARMS)) if group(k) == name]
        total = sum(weight(k) for k in inside)
        if total > 0:
            mixed[name] = {
                str(w): sum(weight(k) * means[ARMS[k].code][str(w)] for k in inside) / total for w in TRUTH_WEEKS
            }
    return mixed


def differences(means: Means, reference: str) -> Means:
    """Each mean less the reference's; empty where the reference was not taken by anybody."""
    if reference not in means:
        return {}
    return {
        name: {week: round(mean - means[reference][week], 4) for week, mean in by_week.items()}
        for name, by_week in means.items()
        if name != reference
    }


def session_chances() -> dict[str, object]:
    """The true chance of each side effect after a session, by needle length, and how long it lasts."""
    return {
        effect.code: {
            "chance_per_session_by_needle_length_mm": {
                str(mm): round(effect.chance + effect.per_mm * mm, 5) for mm in _SHOWN_MM
            },
            "median_hours": effect.hours,
            "source": effect.source,
            "note": NOTE,
        }
        for effect in SIDE_EFFECTS
    }
