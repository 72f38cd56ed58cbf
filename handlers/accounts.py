"""Officers' accounts: made, signed in to, signed out of."""
