"""The risk scheme: the shipped figures, and what is wrong with edited ones."""

from __future__ import annotations

import math
from itertools import accumulate, pairwise, product
from operator import mul
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.analysis import bandcheck
from workbench.analysis.bands import Grid, level_of, money, score
from workbench.analysis.scheme import Scheme, SchemeError, load_scheme
from workbench.places import share

if TYPE_CHECKING:
    from pathlib import Path

MATRIX = {
    5: ["Low", "Medium", "High", "Critical", "Critical"],
    4: ["Low", "Medium", "High", "Critical", "Critical"],
    3: ["Low", "Low", "Medium", "High", "Critical"],
    2: ["Low", "Low", "Medium", "High", "Critical"],
    1: ["Low", "Low", "Low", "Medium", "High"],
}


@pytest.fixture(scope="module")
def scheme() -> Scheme:
    """Return the shipped scheme."""
    return load_scheme()


def edited(scheme: Scheme, **fields: Any) -> Scheme:
    """Return the scheme with some parts replaced."""
    return scheme.changed(**fields)


def bands(scheme: Scheme, **levels: tuple[float, float]) -> dict[str, Any]:
    """Return the likelihood scale with other figures for some levels, given as l1=(low, high)."""
    scale = scheme.likelihood.model_dump(mode="json")
    for name, (low, high) in levels.items():
        scale["bands"][int(name[1]) - 1] |= {"low": low, "high": high}
    return scale


def test_shipped_scheme_gives_the_agreed_matrix(scheme: Scheme) -> None:
    """Severities computed from the middles of the shipped bands are the ones that were agreed on."""
    computed = {row: [scheme.severity(row, column) for column in range(1, 6)] for row in range(5, 0, -1)}
    assert computed == MATRIX


def test_shipped_scheme_has_no_problems(scheme: Scheme) -> None:
    """The scheme that ships passes its own check."""
    assert scheme.problems() == []


def test_every_level_says_what_it_means(scheme: Scheme) -> None:
    """Each level of both scales has a name, words and an example; each anchor has a text for each level."""
    levels = [*scheme.likelihood.bands, *scheme.impact.bands]
    assert all(band.name and band.says and band.example for band in levels)
    assert [anchor.name for anchor in scheme.impact.anchors] == ["people", "work", "duty"]


def test_too_wide_a_top_band_is_four_contradictions(scheme: Scheme) -> None:
    """A top band of 1 to 10 a year lets four pairs of cells contradict each other, each named with figures."""
    problems = edited(scheme, likelihood=bands(scheme, l5=(1, 10))).problems()
    assert len(problems) == 4
    assert problems[0] == (
        "Likelihood 1 (Rare) with impact 3 (Serious) is Low and Likelihood 5 (Expected) with impact 2 (Limited) is "
        "High, yet a risk in the first can cost up to 15 k a year and one in the second as little as 5 k. "
        "Narrow the widest band or move the limits."
    )


def test_gap_and_overlap_between_bands_are_named(scheme: Scheme) -> None:
    """Bands that do not meet are told with both figures."""
    gap = edited(scheme, likelihood=bands(scheme, l2=(0.03, 0.09))).problems()
    overlap = edited(scheme, likelihood=bands(scheme, l2=(0.03, 0.2))).problems()
    said = "Likelihood 2 (Unlikely) ends at 0.09 and 3 (Possible) starts at 0.1: a gap. "
    assert gap == [f"{said}Let each band start where the one below ends."]
    assert "an overlap" in overlap[0]


def test_band_upside_down_is_named(scheme: Scheme) -> None:
    """A band whose low figure is not under its high one is told."""
    problems = edited(scheme, likelihood=bands(scheme, l1=(0.03, 0.01))).problems()
    assert "Likelihood 1 (Rare) goes from 0.03 to 0.01; its low figure has to be under its high figure." in problems


def test_limits_out_of_order_are_named(scheme: Scheme) -> None:
    """A higher severity may not begin at a lower loss."""
    problems = edited(scheme, limits={"Medium": 5000, "High": 5000, "Critical": 500000}).problems()
    assert problems == ["The limit of High is 5000 and that of Medium is 5000; High has to be the higher one."]


def test_controls_and_deadlines_out_of_order_are_named(scheme: Scheme) -> None:
    """A weaker control may not take away more, an untested one not count more, a worse risk not have longer."""
    controls = scheme.controls.model_dump()
    controls["strengths"]["weak"]["value"] = 0.7
    controls["statuses"]["planned"]["factor"] = 0.8
    changed = edited(scheme, controls=controls, deadlines={"Critical": 60, "High": 30, "Medium": 90})
    assert changed.problems() == [
        "Controls that are weak and medium take away 0.7 and 0.6; medium has to be more.",
        "A control that is planned counts 0.8, more than one that is in_place, which counts 0.5.",
        "deadlines says nothing on Low.",
        "Critical risks have 60 days and High ones 30; the more severe may not have longer.",
    ]


@given(
    often=st.lists(st.floats(1.5, 12), min_size=5, max_size=5),
    bad=st.lists(st.floats(1.5, 12), min_size=5, max_size=5),
    limits=st.tuples(st.floats(1.5, 60), st.floats(1.5, 12), st.floats(1.5, 12)),
)
def test_overlaps_are_found_exactly_where_they_are(
    often: list[float], bad: list[float], limits: tuple[float, float, float]
) -> None:
    """Grids of any widths and limits have problems exactly if some Low can exceed a High or a Medium a Critical."""
    rows, columns, steps = (
        list(accumulate([first, *rest], mul)) for first, rest in ((0.01, often), (500, bad), (50, limits))
    )
    named = {"Medium": steps[1], "High": steps[2], "Critical": steps[3]}
    scales = [
        [{"level": n, "name": f"{n}", "low": low, "high": high} for n, (low, high) in enumerate(pairwise(edges), 1)]
        for edges in (rows, columns)
    ]
    grid = Grid.model_validate({"likelihood": scales[0], "impact": scales[1], "limits": named})
    severity = {
        (i, j): sum(math.sqrt(rows[i] * rows[i + 1] * columns[j] * columns[j + 1]) >= limit for limit in steps[1:])
        for i in range(5)
        for j in range(5)
    }
    swapped = [
        (low, high)
        for low, high in product(severity, repeat=2)
        if severity[high] >= severity[low] + 2
        and rows[low[0] + 1] * columns[low[1] + 1] > rows[high[0]] * columns[high[1]] * (1 + 1e-9)
    ]
    assert len(bandcheck.problems(grid)) == len(swapped)


def test_hash_changes_with_any_word_and_not_with_comments(scheme: Scheme, tmp_path: Path) -> None:
    """Two files that say the same have one hash; another figure or word has another."""
    text = share("templates", "risk-scheme.yaml").read_text(encoding="utf-8")
    same, other = tmp_path / "same.yaml", tmp_path / "other.yaml"
    same.write_text("# another comment\n" + text, encoding="utf-8")
    other.write_text(text.replace("name: Rare", "name: Seldom"), encoding="utf-8")
    assert load_scheme(same).hash == scheme.hash
    assert load_scheme(other).hash != scheme.hash


def test_misfits_in_a_file_are_told_with_line_and_path(tmp_path: Path) -> None:
    """A wrong value and an unknown key are both told, each with its line."""
    file = tmp_path / "mine.yaml"
    text = share("templates", "risk-scheme.yaml").read_text(encoding="utf-8")
    file.write_text(text.replace("low: 0.03", "low: often", 1).replace("cap: 0.95", "capp: 0.95"), encoding="utf-8")
    with pytest.raises(SchemeError) as error:
        load_scheme(file)
    lines = str(error.value).splitlines()
    assert len(lines) == 3
    assert lines[0].startswith("mine.yaml:26, likelihood.bands.1.low: Input should be a valid number")
    assert "controls.cap: missing" in lines[1]
    assert "controls.capp: unknown key" in lines[2]


def test_a_file_with_problems_is_refused_with_all_of_them_unless_asked(tmp_path: Path) -> None:
    """Ratings cannot be made with a scheme that contradicts itself, but an editor can load it."""
    file = tmp_path / "mine.yaml"
    text = share("templates", "risk-scheme.yaml").read_text(encoding="utf-8")
    file.write_text(text.replace("high: 3\n", "high: 10\n"), encoding="utf-8")
    with pytest.raises(SchemeError, match=r"mine\.yaml: 4 problems"):
        load_scheme(file)
    assert len(load_scheme(file, check=False).problems()) == 4


def test_a_missing_file_and_one_that_is_no_yaml_are_told(tmp_path: Path) -> None:
    """The error says which file and what to do."""
    with pytest.raises(SchemeError, match=r"none\.yaml: cannot be read"):
        load_scheme(tmp_path / "none.yaml")
    broken = tmp_path / "broken.yaml"
    broken.write_text("id: [", encoding="utf-8")
    with pytest.raises(SchemeError, match=r"broken\.yaml:2: is not YAML"):
        load_scheme(broken)


def test_impact_is_the_highest_anchor_and_says_which(scheme: Scheme) -> None:
    """The worst anchor decides, not the mean; of equal ones the first in the scheme."""
    assert scheme.impact_of({"people": 2, "duty": 4}) == (4, "duty")
    assert scheme.impact_of({"duty": 3, "work": 3}) == (3, "work")
    with pytest.raises(SchemeError, match="got money: 3; pick a level 1 to 5 for one or more of people, work, duty"):
        scheme.impact_of({"money": 3})
    with pytest.raises(SchemeError, match="got no pick"):
        scheme.impact_of({})


def test_values_at_the_edge_belong_to_the_upper_band(scheme: Scheme) -> None:
    """A value maps to the band that starts with it; what is under all bands is level 1."""
    frequencies = scheme.likelihood.bands
    assert [level_of(value, frequencies) for value in (0.0001, 0.03, 0.0999, 0.1, 99)] == [1, 2, 2, 3, 5]


def test_score_is_ten_more_for_ten_times_the_loss() -> None:
    """Likelihood and impact add up in the score."""
    assert [score(loss) for loss in (1000, 10_000, 866_025)] == [30, 40, 59]


def test_money_is_said_in_the_short_form() -> None:
    """Amounts read as people say them."""
    assert [money(amount) for amount in (500, 8660, 1_581_139, 5e9)] == ["500", "8.66 k", "1.58 M", "5 bn"]


def test_each_impact_level_says_what_it_means_by_each_anchor(scheme: Scheme) -> None:
    """For people, work and duty, as the room reads it beside the level."""
    assert scheme.anchored(2) == (
        "people: Fewer than 100 people, basic data", "work: Days for one team", "duty: A report inside the organisation",
    )  # fmt: skip
