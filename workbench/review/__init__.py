"""Reviews that run through papermill."""
