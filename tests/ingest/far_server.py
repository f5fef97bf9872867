"""Servers of our own on this machine, well-behaved and hostile."""

import ssl
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from footprint.config.downloads import RemoteFile
from footprint.ingest.download import Patience, download

OLD, NEW = bytes(range(256)) * 400, bytes(reversed(range(256))) * 400
QUICK = Patience(attempts=3, timeout=2, wait=0)


@contextmanager
def answering(respond, certificate=None):
    """Answer requests with `respond(path, headers)`: status, headers, and bytes; over TLS if asked.

    Yields the server's address and the list of all requests as paths and headers.
    """
    requests = []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self):
            requests.append((self.path, dict(self.headers)))
            status, headers, body = respond(self.path, self.headers)
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, str(value))
            self.end_headers()
            self.wfile.write(body)
            self.close_connection = True

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield f"http{'s' if certificate else ''}://127.0.0.1:{server.server_port}", requests
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def ranged(content, headers, tag=None, heed=True, cut=None):
    """Answer as a server of files does: ranges, ETag, If-Range (unless not heeded), a cut."""
    asked = headers.get("Range", "").removeprefix("bytes=")
    fresh = heed and tag is not None and headers.get("If-Range", tag) != tag
    more = {} if tag is None else {"ETag": tag}
    if not asked or "," in asked or fresh:
        return 200, {**more, "Content-Length": len(content)}, content[:cut]
    first, _, last = asked.partition("-")
    start, stop = int(first), min(int(last or len(content)) + 1, len(content))
    if start >= len(content):
        return 416, {**more, "Content-Range": f"bytes */{len(content)}", "Content-Length": 0}, b""
    more["Content-Range"] = f"bytes {start}-{stop - 1}/{len(content)}"
    return 206, {**more, "Content-Length": stop - start}, content[start:stop][:cut]


def fetch(address, target, path="/jets.h5", patience=QUICK, **known):
    download(RemoteFile(url=f"{address}{path}", **known), target, patience)


def left(target):
    return sorted(path.name for path in target.parent.iterdir())
