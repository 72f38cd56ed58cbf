"""The office's calendar, kept by officers."""
