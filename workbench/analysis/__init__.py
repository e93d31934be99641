"""From findings and decisions to a register with risk."""
