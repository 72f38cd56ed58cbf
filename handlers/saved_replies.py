"""Texts that officers send often."""
