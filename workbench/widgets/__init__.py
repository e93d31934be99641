"""Widgets over a Workspace, one file each."""
