"""The pages of the node, served to a browser on this machine."""

from comity.entrypoints.console.files import CONSOLE_PATH, ConsoleFiles
from comity.entrypoints.console.login_page import LOGIN_PATH, LoginPage

__all__ = ["CONSOLE_PATH", "LOGIN_PATH", "ConsoleFiles", "LoginPage"]
