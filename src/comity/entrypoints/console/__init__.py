"""The pages of the node, served to a browser on this machine."""

from comity.entrypoints.console.files import CONSOLE_PATH, ConsoleFiles

__all__ = ["CONSOLE_PATH", "ConsoleFiles"]
