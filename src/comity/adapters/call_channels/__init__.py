"""Webhook and e-mail: how a ladder's step reaches somebody who is not at the console."""

from comity.adapters.call_channels.channels_file import load_channels
from comity.adapters.call_channels.mail import MailChannel
from comity.adapters.call_channels.webhook import WebhookChannel

__all__ = ["MailChannel", "WebhookChannel", "load_channels"]
