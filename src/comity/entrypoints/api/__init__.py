"""The node's local HTTP API: token-guarded, on loopback, typed, with problem details.

`app.create_api` makes it, `messages` and `problems` are its words. Nothing is imported here: the command
line speaks these words and must not wait for the server's libraries.
"""
