"""Everything that follows from a model at one moment: facts, findings, register. Nothing here changes the model."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from workbench import rules
from workbench.analysis import listings, questions, register, scenarios
from workbench.analysis.estate import Estate
from workbench.model import NOUNS
from workbench.rules.lists import NO_LISTS
from workbench.rules.vocabulary import FRAMES

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    import pandas as pd

    from workbench.analysis.risk import Rating
    from workbench.analysis.scheme import Scheme
    from workbench.model import Model
    from workbench.rules import Evaluation, Facts, Library
    from workbench.rules.lists import Lists
    from workbench.sightings import Sightings


@dataclass(frozen=True)
class Snapshot:
    """A model, the library and scheme to judge it by, and the day on which."""

    model: Model
    library: Library
    scheme: Scheme
    today: date
    settings: Mapping[str, str]
    """Kind of each settings key that the platforms' readers fill."""
    sightings: Sightings
    lists: Lists = NO_LISTS
    """People and approved connectors, if the organisation keeps such lists here."""

    @cached_property
    def facts(self) -> Facts:
        """Return the fact frames of the model."""
        return rules.facts(self.model, today=self.today, settings=self.settings, lists=self.lists)

    @cached_property
    def evaluation(self) -> Evaluation:
        """Return findings (people's scenarios among them), questions and folded findings of all apps."""
        return scenarios.with_scenarios(self.found, self.model)

    @cached_property
    def found(self) -> Evaluation:
        """Return what the rules found in the facts."""
        return rules.evaluate(self.facts, self.library)

    def take_over(self, earlier: Snapshot) -> None:
        """Keep what an earlier snapshot found if nothing has changed since that facts come from, such as by a vote."""
        known = [name for name in ("facts", "found") if name in vars(earlier)]
        same = self.library is earlier.library and (self.today, self.settings, self.lists) == (
            earlier.today, earlier.settings, earlier.lists
        )  # fmt: skip
        if (
            known
            and same
            and all(self.model.of(NOUNS[noun]) == earlier.model.of(NOUNS[noun]) for noun in (*FRAMES, "policy"))
        ):
            vars(self).update({name: vars(earlier)[name] for name in known})

    @cached_property
    def first_seen(self) -> Mapping[str, date]:
        """Return the day on which each finding was first seen; findings of the newest state are thereby seen."""
        return self.sightings.first_seen(self.evaluation.findings, self.today)

    @cached_property
    def threats(self) -> pd.DataFrame:
        """Return one row a finding with its decision and risk; columns in analysis.register.threats."""
        return register.threats(
            self.model, self.evaluation, self.library, self.scheme, self.today, first_seen=self.first_seen
        )

    @cached_property
    def questions(self) -> pd.DataFrame:
        """Return the open questions; columns in analysis.questions.questions."""
        return questions.questions(self.model, self.evaluation, self.scheme)

    @cached_property
    def mitigations(self) -> pd.DataFrame:
        """Return the mitigations; columns in analysis.listings.mitigations."""
        return listings.mitigations(self.model, self.today)

    @cached_property
    def assumptions(self) -> pd.DataFrame:
        """Return the assumptions; columns in analysis.listings.assumptions."""
        return listings.assumptions(self.model, self.today)

    @cached_property
    def orphans(self) -> pd.DataFrame:
        """Return the decisions whose finding is gone; columns in analysis.listings.orphans."""
        return listings.orphans(self.model, self.evaluation, self.library)

    @cached_property
    def actions(self) -> pd.DataFrame:
        """Return the actions; columns in analysis.listings.actions."""
        return listings.actions(self.model, self.today)

    @cached_property
    def estate(self) -> Estate:
        """Return all apps together: links, ways of data over several apps, inventory."""
        return Estate(self.model, self.facts)

    def rating(self, finding: str) -> Rating:
        """Return the rating of one finding with the trace that says why.

        Raises
        ------
        KeyError
            If there is no such finding.
        """
        return register.rating(self.model, self.evaluation, self.library, self.scheme, finding, today=self.today)
