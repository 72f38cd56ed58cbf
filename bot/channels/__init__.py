"""What each channel demands: one module a channel, and what they share."""
