"""Facts of a model, conditions over them, findings."""
