"""An officer takes a conversation over, answers in it, and gives it back. Inside, one event is one transaction."""
