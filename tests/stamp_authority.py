"""A time-stamping authority made for one test, by OpenSSL's own implementation: keys of a moment, loopback only."""

import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

SETTINGS = """[tsa]
default_tsa = one
[one]
serial = {folder}/serial
crypto_device = builtin
signer_cert = {folder}/tsa.pem
signer_key = {folder}/tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256, sha512
accuracy = secs:1
clock_precision_digits = 3
ordering = no
tsa_name = no
ess_cert_id_chain = no
ess_cert_id_alg = sha256
[stamping]
extendedKeyUsage = critical,timeStamping
keyUsage = critical,digitalSignature
"""


def openssl(*arguments: object, content: bytes = b"") -> bytes:
    done = subprocess.run(
        ["openssl", *map(str, arguments)], input=content, capture_output=True, check=True
    )
    return done.stdout


class StampAuthority:
    """A root, and a signer under it for time-stamping."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self.folder = folder
        (folder / "settings").write_text(SETTINGS.format(folder=folder))
        (folder / "serial").write_text("01\n")
        self.root = folder / "root.pem"
        key = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")
        openssl("req", "-x509", *key, "-keyout", folder / "root.key", "-out", self.root,
                "-subj", "/CN=Invented root", "-days", 30)  # fmt: skip
        openssl("req", *key, "-keyout", folder / "tsa.key", "-out", folder / "tsa.csr",
                "-subj", "/CN=Invented authority")  # fmt: skip
        openssl("x509", "-req", "-in", folder / "tsa.csr", "-CA", self.root, "-CAkey",
                folder / "root.key", "-set_serial", 7, "-days", 30, "-out", folder / "tsa.pem",
                "-extfile", folder / "settings", "-extensions", "stamping")  # fmt: skip

    def reply(self, query: bytes) -> bytes:
        """The reply to a request."""
        (self.folder / "query").write_bytes(query)
        return openssl("ts", "-reply", "-queryfile", self.folder / "query",
                       "-config", self.folder / "settings")  # fmt: skip

    @contextmanager
    def served(self) -> Iterator[str]:
        """Its address, while it answers."""
        authority = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                content = authority.reply(self.rfile.read(int(self.headers["Content-Length"])))
                self.send_response(200)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_: object) -> None:
                pass

        with HTTPServer(("127.0.0.1", 0), Handler) as server:
            thread = threading.Thread(target=server.serve_forever)
            thread.start()
            try:
                yield f"http://127.0.0.1:{server.server_port}/stamp"
            finally:
                server.shutdown()
                thread.join()
