"""What an organisation's platforms allow: policies, read from their administration like apps from their exports."""

from __future__ import annotations

from typing import ClassVar, Literal

from workbench.model.base import Element

Group = Literal["business", "non_business", "blocked"]


class Policy(Element):
    """A policy for the movement of data: which connectors may work together, and where that holds."""

    noun: ClassVar[str] = "policy"

    platform: str | None = None
    scope: Literal["all", "only", "except"] | None = None
    """Whether it holds in all environments, only in those named, or in all but those."""
    environments: tuple[str, ...] = ()
    """Names and ids of environments, as the platform has them."""
    business: tuple[str, ...] = ()
    """Ids of connectors for the organisation's own data, in lower case, such as shared_sharepointonline."""
    non_business: tuple[str, ...] = ()
    """Ids of connectors for other data, which must not meet those in one app."""
    blocked: tuple[str, ...] = ()
    """Ids of connectors that nobody may use."""
    default_group: Group | None = None
    """The group of connectors that it does not name."""
    custom_patterns: tuple[str, ...] = ()
    """Patterns of addresses that sort custom connectors, in their order: the group, a space and the pattern."""

    def named(self, connector: str) -> Group | None:
        """Return the group that it names a connector in; None if it does not name it."""
        groups: tuple[Group, ...] = ("blocked", "business", "non_business")
        return next((group for group in groups if connector in getattr(self, group)), None)
