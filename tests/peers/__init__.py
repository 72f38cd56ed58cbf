"""Second implementations of the providers' side, spoken to over real loopback HTTP.

They know the providers' rules and nothing of PASTI, so they fail it as the real ones would. `TelegramPeer` plays the
Bot API, `TwilioPeer` the REST API, and each has citizens who write and press.
"""
