"""All apps of a workspace together: how they hang together, what they use, and which way data takes over several of them."""

from workbench.analysis.estate.estate import Estate

__all__ = ["Estate"]
