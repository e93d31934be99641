"""Evaluation: findings with reasons, questions asked once, folding."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import builders as b
from hypothesis import given, settings
from hypothesis import strategies as st
from libraries import library, rule
from models import LONGER, models

from workbench import platforms
from workbench.model import Model, Secret
from workbench.places import share
from workbench.rules import Evaluation, evaluate, facts, load_library

if TYPE_CHECKING:
    import random
    from pathlib import Path

TODAY = date(2026, 1, 31)
OPEN = {"kind": "webhook", "authentication": "none"}
OPEN_RULE = rule(
    when={"kind": ["webhook", "form"], "authentication": "none"},
    ask={"authentication": "Who may call?"},
    examples={"fires": [OPEN], "passes": [{"kind": "schedule"}], "asks": [{"kind": "form"}]},
)


def evaluated(folder: Path, model: Model, *rules: dict[str, Any], **options: Any) -> Evaluation:
    """Return what some rules say of a model."""
    return evaluate(facts(model, today=TODAY), library(folder, *rules, **options))


def _hook(name: str = "hook", **fields: Any) -> Any:
    return b.entry(name, **{"kind": "webhook", "authentication": "none"} | fields)


def test_an_empty_model_gives_three_empty_tables(tmp_path: Path) -> None:
    """With their columns and types, so that whoever reads them needs no special case."""
    found = evaluated(tmp_path, Model(), OPEN_RULE)
    assert [list(t.columns) for t in (found.findings, found.questions, found.folded)] == [
        ["id", "rule", "element", "noun", "app", "because", "path", "confidence", "likelihood", "impact", "raised"],
        ["id", "element", "noun", "app", "column", "text", "rules", "likelihood", "impact"],
        ["id", "rule", "element", "noun", "app", "by"],
    ]
    full = evaluated(tmp_path / "b", b.model(_hook(), _hook("b", authentication=None)), OPEN_RULE)
    assert found.findings.dtypes.to_dict() == full.findings.dtypes.to_dict()
    assert found.questions.dtypes.to_dict() == full.questions.dtypes.to_dict()


def test_a_finding_says_what_it_is_about_and_why(tmp_path: Path) -> None:
    """Its id is rule@element; the reasons are the values that were read, in plain words."""
    found = evaluated(tmp_path, b.model(_hook()), OPEN_RULE).findings.to_dict("records")
    assert found == [
        {
            "id": "T-1@orders/entry:hook", "rule": "T-1", "element": "orders/entry:hook", "noun": "entry_point",
            "app": "orders", "because": ("kind is webhook", "authentication is none"), "path": (),
            "confidence": "high", "likelihood": 3, "impact": 3, "raised": (),
        }
    ]  # fmt: skip


def test_what_is_unknown_is_a_question_and_no_finding(tmp_path: Path) -> None:
    """In the words of the rule."""
    found = evaluated(tmp_path, b.model(_hook(authentication=None)), OPEN_RULE)
    assert found.findings.empty
    assert found.questions.to_dict("records") == [
        {
            "id": "question:authentication@orders/entry:hook", "element": "orders/entry:hook", "noun": "entry_point",
            "app": "orders", "column": "authentication", "text": "Who may call?", "rules": ("T-1",),
            "likelihood": 3, "impact": 3,
        }
    ]  # fmt: skip


def test_a_question_is_asked_once_however_many_rules_wait(tmp_path: Path) -> None:
    """In the words of the gravest rule that has words, ranked by the gravest rule of all."""
    worse = OPEN_RULE | {"id": "T-2", "likelihood": 5, "impact": 5, "ask": {"authentication": "Really, who?"}}
    mute = {k: v for k, v in OPEN_RULE.items() if k != "ask"} | {"id": "T-3", "impact": 4}
    found = evaluated(tmp_path, b.model(_hook(authentication=None)), OPEN_RULE, worse, mute).questions
    assert list(found["rules"]) == [("T-1", "T-2", "T-3")]
    assert (found["text"][0], found["likelihood"][0], found["impact"][0]) == ("Really, who?", 5, 5)


def test_an_unknown_fact_asks_for_what_would_settle_it(tmp_path: Path) -> None:
    """A rule on a step asks the entry point's owner, where that is what is unknown."""
    given = rule(
        on="process", when={"anonymous_reach": True},
        examples={"fires": [{"anonymous_reach": True}], "passes": [{"anonymous_reach": False}]},
    )  # fmt: skip
    step = b.process("step", kind="step")
    found = evaluated(tmp_path, b.model(step, _hook(authentication=None, starts=step.id)), given).questions
    assert list(found["id"]) == ["question:authentication@orders/entry:hook"]
    assert list(found["text"]) == ["Do callers have to prove who they are, and how?"]


def test_raises_are_shown_and_stay_on_the_scale(tmp_path: Path) -> None:
    """Each step has its reason; five is the most there is."""
    raises = [
        {"when": {"exposure": "internet"}, "likelihood": 2, "why": "anybody can reach it"},
        {"when": {"accepts_files": True}, "impact": 1, "why": "it takes files"},
    ]
    model = b.model(_hook(exposure="internet", accepts_files=False), _hook("b", accepts_files=True))
    found = evaluated(tmp_path, model, OPEN_RULE | {"raise": raises, "likelihood": 4}).findings
    assert list(found["likelihood"]) == [4, 5]
    assert list(found["impact"]) == [4, 3]
    assert list(found["raised"]) == [(("impact: it takes files", 1),), (("likelihood: anybody can reach it", 2),)]


def test_standard_raises_apply_to_all_rules(tmp_path: Path) -> None:
    """Open to the internet: one step likelier, unless the rule says so itself; personal data: impact at least four."""
    personal = b.data("email", personal=True, classification="internal")
    model = b.model(_hook(exposure="internet", data=(personal.id,)), personal)
    leaky = OPEN_RULE | {"group": "data_leakage", "impact": 2}
    found = evaluated(tmp_path, model, leaky).findings
    assert (found["likelihood"][0], found["impact"][0]) == (4, 4)
    assert found["raised"][0] == (
        ("likelihood: anybody in the internet can reach it without sign-in", 1),
        ("impact: personal or confidential data", 2),
    )
    own = leaky | {"raise": [{"when": {"exposure": "internet"}, "impact": 1, "why": "x"}]}
    assert list(evaluated(tmp_path / "b", model, own).findings["likelihood"]) == [3]


def test_confidence_is_low_where_a_finding_rests_on_a_suggestion(tmp_path: Path) -> None:
    """Until a person confirms the class."""
    given = rule(
        on="store", when={"data_class": {"at_least": "confidential"}},
        examples={"fires": [{"data_class": "restricted"}], "passes": [{"data_class": "public"}]},
    )  # fmt: skip
    for fields, expected in (({"suggested": "restricted"}, "low"), ({"classification": "restricted"}, "high")):
        field = b.data("card", **fields)
        found = evaluated(tmp_path / expected, b.model(field, b.store("s", data=(field.id,))), given).findings
        assert list(found["confidence"]) == [expected]


def test_disabled_steps_are_left_out(tmp_path: Path) -> None:
    """With their entry points; a rule that names `enabled` looks at them."""
    off = b.process("off", kind="step", enabled=False)
    model = b.model(off, _hook(starts=off.id))
    assert evaluated(tmp_path / "a", model, OPEN_RULE).findings.empty
    given = rule(
        on="process", when={"enabled": False},
        examples={"fires": [{"enabled": False}], "passes": [{"enabled": True}], "asks": [{}]},
    )  # fmt: skip
    assert list(evaluated(tmp_path / "b", model, given).findings["element"]) == [off.id]


def test_a_key_in_a_step_that_is_off_counts(tmp_path: Path) -> None:
    """Whoever opens or exports the flow can copy it all the same."""
    off = b.process(
        "off", kind="step", enabled=False, secrets=(Secret(kind="token", place="/a", fingerprint="0" * 16),)
    )
    typed = rule(
        on="process", when={"secret_count": {"at_least": 1}},
        examples={"fires": [{"secret_count": 1}], "passes": [{"secret_count": 0}]},
    )  # fmt: skip
    assert list(evaluated(tmp_path, b.model(off), typed).findings["element"]) == [off.id]


def test_a_rule_of_a_platform_is_for_its_apps_only(tmp_path: Path) -> None:
    """Apps of other or unknown platforms are not even asked."""
    apps = [b.app("a", platform="n8n"), b.app("b", platform="node-red"), b.app("c")]
    hooks = [_hook(app=app.id) for app in apps]
    found = evaluated(tmp_path, Model([*apps, *hooks]), OPEN_RULE | {"platform": ["n8n"]})
    assert (list(found.findings["app"]), len(found.questions)) == (["a"], 0)


def test_a_more_specific_rule_folds_the_general_one(tmp_path: Path) -> None:
    """On the same element; the hidden finding is counted and says who stands for it."""
    special = OPEN_RULE | {"id": "T-2", "when": OPEN | {"exposure": "internet"}, "refines": ["T-1"]}
    special["examples"] = {
        "fires": [OPEN | {"exposure": "internet"}],
        "passes": [{"kind": "form"}],
        "asks": [{"kind": "webhook"}],
    }
    model = b.model(_hook(exposure="internet"), _hook("inside", exposure="private"))
    found = evaluated(tmp_path, model, OPEN_RULE, special)
    assert list(found.findings["id"]) == ["T-1@orders/entry:inside", "T-2@orders/entry:hook"]
    assert found.folded.to_dict("records") == [
        {
            "id": "T-1@orders/entry:hook", "rule": "T-1", "element": "orders/entry:hook", "noun": "entry_point",
            "app": "orders", "by": ("T-2@orders/entry:hook",),
        }
    ]  # fmt: skip


def test_folding_joins_an_entry_point_and_the_step_it_starts(tmp_path: Path) -> None:
    """A rule on the step stands for one on the entry point."""
    on_step = rule(
        "T-2", on="process", when={"kind": "trigger"}, refines=["T-1"],
        examples={"fires": [{"kind": "trigger"}], "passes": [{"kind": "step"}], "asks": [{}]},
    )  # fmt: skip
    step = b.process("start", kind="trigger")
    found = evaluated(tmp_path, b.model(step, _hook(starts=step.id)), OPEN_RULE, on_step)
    assert list(found.findings["id"]) == ["T-2@orders/process:start"]
    assert list(found.folded["id"]) == ["T-1@orders/entry:hook"]


def test_a_finding_shows_the_path_of_its_fact(tmp_path: Path) -> None:
    """Of the column that `path` names, else of the first in the condition that has one."""
    step = b.process("step", kind="step")
    for path in ("tainted", None):
        given = rule(
            on="process", when={"tainted": True}, examples={"fires": [{"tainted": True}], "passes": [{"tainted": False}]},
            **({"path": path} if path else {}),
        )  # fmt: skip
        found = evaluated(tmp_path / f"{path}", b.model(step, _hook(starts=step.id)), given).findings
        assert list(found["path"]) == [("orders/entry:hook", "orders/process:step")]


def test_reasons_leave_out_what_did_not_matter(tmp_path: Path) -> None:
    """Of alternatives only the true one is told; of a denial the value that denies."""
    when = {"any": [{"kind": "form", "exposure": "internet"}, {"authentication": "none"}], "not": {"exposure": "owner"}}
    examples = {
        "fires": [{"kind": "form", "exposure": "internet", "authentication": "none"}],
        "passes": [{"exposure": "owner"}],
        "asks": [{}],
    }
    found = evaluated(tmp_path, b.model(_hook(exposure="internet")), rule(when=when, examples=examples)).findings
    assert list(found["because"]) == [("authentication is none", "exposure is internet")]


def _shipped() -> Any:
    settings = {key: setting.kind for key, setting in platforms.settings().items()}
    return load_library([share("data")], settings=settings), settings


LIBRARY, SETTINGS = _shipped()


@settings(max_examples=20 * LONGER, deadline=None)
@given(models(), st.randoms(use_true_random=False))
def test_evaluation_depends_on_nothing_but_the_model(model: Model, shuffle: random.Random) -> None:
    """Twice, and with the elements in another order: the same tables, ids unique, texts there."""
    elements = list(model)
    shuffle.shuffle(elements)
    one, two, other = (
        evaluate(facts(m, today=TODAY, settings=SETTINGS), LIBRARY) for m in (model, model, Model(elements))
    )
    for name in ("findings", "questions", "folded"):
        assert getattr(one, name).equals(getattr(two, name))
        assert getattr(one, name).equals(getattr(other, name))
        assert getattr(one, name)["id"].is_unique
    assert (one.questions["text"].str.len() > 0).all()
    assert not set(one.findings["id"]) & set(one.folded["id"])
