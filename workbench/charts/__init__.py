"""Plotly figures, one file each."""
