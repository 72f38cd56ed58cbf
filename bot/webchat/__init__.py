"""The office's website channel: a chat page for anonymous visitors, live, with no outside address."""

from bot.webchat.chat import Bubble, WebChat
from bot.webchat.routes import add_routes

__all__ = ["Bubble", "WebChat", "add_routes"]
