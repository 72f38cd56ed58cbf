"""The pages where officers keep what PASTI knows."""
