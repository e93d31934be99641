"""What builders of internal tools have in common: screens with inputs, steps on data sources, values in `{{ }}`.

A reader makes a `Tool` of an export; `drawn` turns it into the elements of a model.
"""

from __future__ import annotations

from workbench.platforms.screens.drawing import drawn
from workbench.platforms.screens.parts import DataSource, Screen, Step, Table, Text, Tool, Way

__all__ = ["DataSource", "Screen", "Step", "Table", "Text", "Tool", "Way", "drawn"]
