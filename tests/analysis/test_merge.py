"""A new draft comes in without losing what people said."""

from __future__ import annotations

from builders import APP, boundary, entry, flow, model, process, store

from workbench.analysis.merge import merge
from workbench.model import Model, Source


def apply(held: Model, draft: list, base: list) -> Model:
    return held.apply(merge(held, APP, draft, base).changes)


def test_first_import_adds_everything():
    """Into an empty model, every element of the draft is added."""
    draft = [process("a"), boundary("internet", kind="internet")]

    assert apply(Model(), draft, []) == Model(draft)


def test_the_same_draft_again_changes_nothing():
    """Importing what is already there gives no Change."""
    draft = [process("a", kind="code"), store("t")]

    assert merge(Model(draft), APP, draft, draft).changes == ()


def test_an_answer_survives_a_new_import():
    """A field that the export does not know keeps what a person said."""
    base = [store("t")]
    held = Model([store("t", encrypted_at_rest=True, owner="ana")])

    after = apply(held, [store("t", host="db.local")], base)

    assert after == Model([store("t", encrypted_at_rest=True, owner="ana", host="db.local")])


def test_the_export_wins_and_says_so():
    """Where a person and a changed export differ, the export's word is taken and the disagreement told."""
    base = [entry("hook", authentication="none")]
    held = Model([entry("hook", authentication="signature")])

    result = merge(held, APP, [entry("hook", authentication="basic")], base)

    assert held.apply(result.changes) == Model([entry("hook", authentication="basic")])
    assert [(d.field, d.said, d.export) for d in result.disagreements] == [("authentication", "signature", "basic")]


def test_a_correction_by_a_person_stays_while_the_export_stays():
    """A person's correction of what the export says is kept for as long as the export says the same."""
    base = [entry("hook", authentication="none")]
    held = Model([entry("hook", authentication="signature")])

    assert merge(held, APP, base, base).changes == ()


def test_a_fact_that_leaves_the_export_leaves_the_model():
    """What only the export had said becomes unknown again when the export stops saying it."""
    base = [entry("hook", allowed_callers=True)]

    assert apply(Model(base), [entry("hook")], base) == Model([entry("hook")])


def test_what_the_export_lost_goes_and_what_people_made_stays():
    """An imported step that is gone is removed; a step that a person drew is kept."""
    imported, drawn = process("a"), process("drawn by hand")

    assert apply(Model([imported, drawn]), [], [imported]) == Model([drawn])


def test_shared_boundaries_are_left_alone():
    """What people said about a shared boundary is not touched by an app's import."""
    held = Model([boundary("internet", kind="internet", owner="net team")])

    assert merge(held, APP, [boundary("internet", kind="internet")], []).changes == ()


def test_settings_follow_the_export_key_by_key():
    """A settings key follows the export; a key that a person added stays."""
    base = [process("a", settings={"x": 1, "gone": 2})]
    held = Model([process("a", settings={"x": 1, "gone": 2, "by hand": 3})])

    assert apply(held, [process("a", settings={"x": 9})], base) == Model(
        [process("a", settings={"x": 9, "by hand": 3})]
    )


def test_an_element_that_became_another_kind_is_replaced():
    """A step that turns into a store under the same id goes and comes, in that order."""
    step = process("t")
    table = store("t").changed(id=step.id)
    line = flow(process("b"), step)

    after = apply(model(step, process("b"), line), [table, process("b"), line], [step, process("b"), line])

    assert after[step.id] == table


def test_a_file_of_another_name_is_no_change():
    """Exports are named by their day; an element takes the new name only with a change, and nobody disagrees."""

    def export(file: str, **stock: int) -> list:
        return [e.changed(source=Source(file=file, pointer=e.id)) for e in (process("P"), store("S", **stock))]

    may, june, july = export("may.json"), export("june.json"), export("july.json", retention_days=3)
    held = Model(may)
    assert merge(held, APP, june, may).changes == ()

    found = merge(held, APP, july, june)

    assert [c.after for c in found.changes] == [july[1]]
    assert found.disagreements == ()
