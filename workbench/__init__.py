"""Threat Workbench: living threat models for no-code and low-code applications."""
