"""Ratings: before, now and with all that is planned; and the trace that says why."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.analysis import risk
from workbench.analysis.bands import SEVERITIES
from workbench.model import Mitigation

SCHEME = risk.load_scheme()

levels = st.integers(1, 5)
mitigations = st.lists(
    st.builds(
        Mitigation,
        id=st.sampled_from([f"m{n}" for n in range(9)]),
        name=st.text(max_size=10),
        family=st.sampled_from([None, "callers", "data"]),
        status=st.sampled_from(["planned", "in_place", "verified", "failed"]),
        strength=st.sampled_from(["weak", "medium", "strong"]),
        acts_on=st.sampled_from(["likelihood", "impact", "both"]),
    ),
    max_size=6,
    unique_by=lambda m: m.id,
)


def control(name: str = "m1", **fields: Any) -> Mitigation:
    """Return a mitigation that is verified unless told otherwise."""
    return Mitigation(id=name, name=name, **({"status": "verified"} | fields))


def test_without_mitigations_all_three_are_the_same() -> None:
    """A risk that nothing is done about is now what it was, and will be."""
    rating = risk.rate(4, 4, [], SCHEME)
    assert rating.inherent == rating.current == rating.target
    assert (rating.inherent.severity, rating.inherent.score) == ("Critical", 59)
    assert rating.inherent.midpoint_loss == pytest.approx(866_025, rel=1e-5)


@pytest.mark.parametrize(
    ("status", "now", "target"),
    [("verified", 0.85, 0.85), ("in_place", 0.425, 0.85), ("planned", 0, 0.85), ("failed", 0, 0)],
)
def test_what_counts_depends_on_how_sure_we_are(status: str, now: float, target: float) -> None:
    """A strong control counts fully when verified, half when untested, not at all when planned or failed."""
    trace = risk.rate(4, 4, [control(strength="strong", status=status)], SCHEME).trace
    assert [trace[step]["likelihood_effect"] for step in (4, 5)] == pytest.approx([now, target])


def test_only_the_strongest_of_a_family_counts() -> None:
    """Controls that fail for the same reason do not add up; independent ones do."""
    family = [control("a", family="callers"), control("b", family="callers")]
    apart = [control("a", family="callers"), control("b", family="data")]
    effects = [risk.rate(4, 4, group, SCHEME).trace[4]["likelihood_effect"] for group in (family, apart)]
    assert effects == pytest.approx([0.6, 1 - 0.4 * 0.4])


def test_controls_without_a_family_are_independent() -> None:
    """No family is no common cause."""
    rating = risk.rate(4, 4, [control("a"), control("b")], SCHEME)
    assert rating.trace[4]["likelihood_effect"] == pytest.approx(0.84)


def test_all_controls_together_leave_something() -> None:
    """However many strong controls there are, the cap stays."""
    rating = risk.rate(5, 5, [control(f"m{n}", strength="strong", acts_on="both") for n in range(8)], SCHEME)
    assert rating.trace[4]["likelihood_effect"] == 0.95
    assert rating.trace[4]["impact_effect"] == 0.95


def test_a_control_on_impact_leaves_the_likelihood() -> None:
    """A control acts only on its side."""
    rating = risk.rate(4, 4, [control(acts_on="impact", strength="strong")], SCHEME)
    assert (rating.current.likelihood, rating.current.impact) == (4, 3)


@given(likelihood=levels, impact=levels, controls=mitigations)
def test_controls_never_make_a_risk_bigger(likelihood: int, impact: int, controls: list[Mitigation]) -> None:
    """Now is never above before, and with all plans never above now, by any measure."""
    rating = risk.rate(likelihood, impact, controls, SCHEME)
    for lower, upper in ((rating.current, rating.inherent), (rating.target, rating.current)):
        assert lower.likelihood <= upper.likelihood
        assert lower.impact <= upper.impact
        assert lower.midpoint_loss <= upper.midpoint_loss
        assert lower.score <= upper.score
        assert SEVERITIES.index(lower.severity) <= SEVERITIES.index(upper.severity)


@given(likelihood=levels, impact=levels, controls=mitigations)
def test_more_is_never_less_severe(likelihood: int, impact: int, controls: list[Mitigation]) -> None:
    """With the same controls, a likelier or worse risk is at least as severe."""
    here = risk.rate(likelihood, impact, controls, SCHEME).current
    for more in ((min(5, likelihood + 1), impact), (likelihood, min(5, impact + 1))):
        there = risk.rate(*more, controls, SCHEME).current
        assert there.score >= here.score
        assert SEVERITIES.index(there.severity) >= SEVERITIES.index(here.severity)


@given(likelihood=levels, impact=levels, controls=mitigations)
def test_a_stored_trace_recomputes_to_the_same_rating(likelihood: int, impact: int, controls: list[Mitigation]) -> None:
    """The trace alone, after a round trip through JSON, gives the same numbers."""
    rating = risk.rate(likelihood, impact, controls, SCHEME, reasons=["because"])
    again = risk.recompute(json.loads(json.dumps(rating.trace)))
    assert again == rating
    assert again.trace == rating.trace


@given(likelihood=levels, impact=levels, controls=mitigations)
def test_the_trace_holds_all_that_a_person_needs_to_check_it(
    likelihood: int, impact: int, controls: list[Mitigation]
) -> None:
    """Worked out by hand from the figures in the trace, current severity and score are the ones given."""
    rating = risk.rate(likelihood, impact, controls, SCHEME)
    scheme, choice, listed, *_ = rating.trace
    result = {}
    for side in ("likelihood", "impact"):
        band = scheme[side][choice[side] - 1]
        best: dict[str, float] = {}
        for c in listed["controls"]:
            if c["acts_on"] in (side, "both"):
                best[c["family"]] = max(best.get(c["family"], 0), c["strength"] * c["now"])
        left = max(1 - scheme["cap"], math.prod(1 - b for b in best.values()))
        value = math.sqrt(band["low"] * band["high"]) * left
        result[side] = max([b["level"] for b in scheme[side] if b["low"] <= value] or [1])
    cell = [scheme[side][result[side] - 1] for side in ("likelihood", "impact")]
    loss = math.prod(math.sqrt(band["low"] * band["high"]) for band in cell)
    severity = ["Low", *(name for name, limit in scheme["limits"].items() if loss >= limit * 0.999999)][-1]
    assert (severity, round(10 * math.log10(loss))) == (rating.current.severity, rating.current.score)


def test_the_trace_says_which_scheme_it_was_made_with() -> None:
    """Id and hash of the scheme are the first step."""
    assert risk.rate(1, 1, [], SCHEME).trace[0]["hash"] == SCHEME.hash


def test_a_trace_that_was_changed_is_refused() -> None:
    """A result that does not follow from the inputs is found, and so is a missing step."""
    trace = json.loads(json.dumps(risk.rate(4, 4, [control()], SCHEME).trace))
    trace[4]["severity"] = "Low"
    with pytest.raises(
        risk.TraceError,
        match="step 'current' of the trace does not follow: severity is 'Low' where the inputs give 'High'",
    ):
        risk.recompute(trace)
    with pytest.raises(risk.TraceError, match="not a whole trace"):
        risk.recompute(trace[:2])


def test_a_level_off_the_scale_is_refused() -> None:
    """Levels are 1 to 5."""
    with pytest.raises(ValueError, match="likelihood 6 is not on the scale; give a level from 1 to 5"):
        risk.rate(6, 1, [], SCHEME)


def test_explanation_of_a_risk_with_controls() -> None:
    """The sentences name what was chosen, each control with what it counts, and what is left."""
    controls = [
        control("Check the signature", family="callers", strength="strong"),
        control("Secret path", family="callers", status="in_place"),
        control("Backups", status="planned", acts_on="impact"),
    ]
    sentences = risk.explain(risk.rate(4, 4, controls, SCHEME, reasons=["The library says 4 and 4."]).trace)
    assert sentences == [
        "The library says 4 and 4.",
        (
            "If nothing is done: likelihood 4, Likely (0.3 to 1 times a year), "
            "and impact 4, Major (500 k to 5 M each time)."
        ),
        (
            "The middles of the two bands, 0.55 times a year and 1.58 M each time, make about 866 k a year. "
            "That is at or over 500 k, where Critical begins: Critical (score 59)."
        ),
        (
            "“Check the signature” is a strong control on how often it happens (up to 85% off). "
            "It is in place and verified: 85% today."
        ),
        (
            "“Secret path” is a medium control on how often it happens (up to 60% off). "
            "It is in place but untested: 30% today."
        ),
        (
            "“Backups” is a medium control on how bad it is (up to 60% off). "
            "It is planned, so it does not count yet: 0% today."
        ),
        (
            "“Check the signature” and “Secret path” would fail for the same reason (callers), "
            "so only the strongest of them counts."
        ),
        (
            "Now: 85% off how often and 0% off how bad leave 0.082 times a year and 1.58 M each time: "
            "likelihood 2 (Unlikely), impact 4 (Major): High (score 49)."
        ),
        (
            "When all that is planned works: 85% off how often and 60% off how bad leave 0.082 times a year and "
            "632 k each time: likelihood 2 (Unlikely), impact 4 (Major): High (score 49)."
        ),
    ]


def test_explanation_of_a_risk_that_nothing_is_done_about() -> None:
    """Under the first limit the sentence says so, and that there is no mitigation."""
    sentences = risk.explain(risk.rate(1, 1, [], SCHEME).trace)
    assert "That is under 5 k, where Medium begins: Low (score 14)." in sentences[1]
    assert sentences[-1] == "No mitigation is recorded, so the risk is the same now as before."
