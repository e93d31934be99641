"""Append-only, hash-chained history of Changes."""
