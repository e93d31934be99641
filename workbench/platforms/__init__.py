"""Readers of no-code platforms' exports, one file a platform."""
