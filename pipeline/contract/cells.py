"""What the pages of side effects, cost, adherence and data quality read. A gap is None with a reason, never 0."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Rate:
    """How often: `y` of `n` things of `people` people; `n_all` of them there are, asked about or not.

    `estimate` is a share (0 to 1). Where none was seen it is 0, `ci_lower` 0, and `ci_upper` the exact 95% upper limit
    (one-sided); elsewhere the limits are a 95% interval that knows that one person's things are alike.
    """

    code: str
    label: str
    people: int
    n: int
    y: int
    n_all: int
    estimate: float | None = None
    ci_lower: float | None = None
    ci_upper: float | None = None
    reason: str | None = None

    @property
    def is_given(self) -> bool:
        return self.estimate is not None

    @property
    def is_none_seen(self) -> bool:
        return self.is_given and self.y == 0


@dataclass(frozen=True)
class Mean:
    """A mean or ratio with its 95% interval (Student's t over people), in `unit`; `n` things of `people` people."""

    code: str
    label: str
    unit: str
    people: int
    n: int
    estimate: float | None = None
    ci_lower: float | None = None
    ci_upper: float | None = None
    reason: str | None = None


@dataclass(frozen=True)
class Within:
    """Share (0 to 1) over by `hours` at least; the limits hold what it is at most, too."""

    hours: int
    estimate: float
    ci_lower: float
    ci_upper: float


@dataclass(frozen=True)
class Over:
    """How soon it was over: of `n` sessions with a side effect, `timed` tell anything about when.

    `median_hours`: by then half were over, None where half never were seen to be.
    """

    code: str
    label: str
    people: int
    n: int
    timed: int
    within: tuple[Within, ...] = ()
    median_hours: int | None = None
    reason: str | None = None


@dataclass(frozen=True)
class Parts:
    """`n` things of `people` people, of one kind, shared out over the levels of one measure."""

    code: str
    label: str
    people: int
    n: int
    levels: tuple[Rate, ...] = ()
    reason: str | None = None


@dataclass(frozen=True)
class Unasked:
    """Reports of one effect that nobody asked for: no rate can be made of them."""

    code: str
    label: str
    n_reports: int
    n_people: int
    n_serious: int


@dataclass(frozen=True)
class Safety:
    """Side effects per session asked. `whole` is everybody at this `place`; `rates` its kinds by `by`, of `effect`.

    `effects` tells every effect of the whole; `severity` and `grades` of sessions with one, how bad the worst was, as
    told by the person (0 to 4) and as graded by a clinician (CTCAE 1 to 5): the whole first, then the kinds.
    """

    place: str
    by: str
    effect: str
    whole: Rate
    rates: tuple[Rate, ...]
    effects: tuple[Rate, ...]
    severity: tuple[Parts, ...]
    grades: tuple[Parts, ...]
    over: tuple[Over, ...]
    unasked: tuple[Unasked, ...]


@dataclass(frozen=True)
class Amount:
    """What people pay in one currency: median with 95% limits and the middle half, in units of the currency."""

    code: str
    label: str
    currency: str
    n: int
    n_told: int
    median: float | None = None
    ci_lower: float | None = None
    ci_upper: float | None = None
    first_quartile: float | None = None
    third_quartile: float | None = None
    reason: str | None = None


@dataclass(frozen=True)
class Cost:
    """Amounts of one currency, a month or a session; never put together with another's.

    `n_needling` people needle, `n_told` told any cost in any currency, `n_here` in this one. `currencies` are those
    that anybody paid in, most people first.
    """

    currency: str
    per: str
    n_needling: int
    n_told: int
    n_here: int
    currencies: tuple[str, ...]
    items: tuple[Amount, ...]
    kinds: tuple[Amount, ...]


@dataclass(frozen=True)
class Adherence:
    """From the start to one visit, people who needle and whose visit has passed (`n_due`); rows by `by`.

    `done` is days with a session for each one planned, of people who have both a plan and a log (`n_plan`, `n_log`).
    """

    week: int
    by: str
    n_due: int
    n_with_plan: int
    n_plan_and_log: int
    whole_done: Mean
    done: tuple[Mean, ...]
    plan: tuple[Parts, ...]
    gaps: tuple[Parts, ...]
    switched: tuple[Rate, ...]
    stopped: tuple[Rate, ...]
    stopped_needling: tuple[Rate, ...]
    reasons: tuple[Rate, ...]


@dataclass(frozen=True)
class GateRun:
    """One run of the gate: how many rules failed. `version` is what it judged, whether or not it was published."""

    run: str
    version: str
    at: str
    n_rules: int
    n_critical: int
    n_warnings: int
    n_broken: int
    is_published: bool
    failed: tuple[str, ...]


@dataclass(frozen=True)
class Held:
    """Records of one source that wait in quarantine for one reason."""

    source: str
    reason: str
    sentence: str
    n: int


@dataclass(frozen=True)
class Drift:
    """One share or mean of a column, now and in the version before; `moved` is now minus before, in `unit`.

    `is_far` where it moved by more than the limit that is set for it.
    """

    column: str
    label: str
    unit: str
    now: Rate | Mean
    before: Rate | Mean | None
    moved: float | None
    is_far: bool


@dataclass(frozen=True)
class Quality:
    """How good the data are: the gate over time, what is held back, what moved, what looks filled in."""

    runs: tuple[GateRun, ...]
    held: tuple[Held, ...]
    previous: str | None
    drift: tuple[Drift, ...]
    signs: tuple[tuple[str, tuple[Rate, ...]], ...]
