"""The office's own statements about itself, kept by officers."""
