"""The officers' console at `/petugas`: signing in, the inbox, what the office says of itself, and who may do what."""
