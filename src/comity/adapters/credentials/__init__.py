"""Passkeys by `webauthn`, passwords by argon2id, codes by pyotp and their picture by segno.

Imported where somebody logs in: the libraries take a while to load.
"""
