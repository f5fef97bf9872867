"""Fetch files from an XRootD server of our own; run in a network of its own, as root.

The server cannot be told to listen on this machine alone, so it gets a network without others.
"""

import fcntl
import json
import socket
import struct
import subprocess
import sys
import time
import zlib
from pathlib import Path

from footprint.config.downloads import RemoteFile
from footprint.config.samples import RootOptions
from footprint.errors import FootprintError
from footprint.ingest.download import Patience, download
from footprint.ingest.listing import LISTS
from footprint.ingest.root import read_blocks

PORT = 10941
QUICK = Patience(attempts=2, timeout=4, wait=1)


def start_loopback():
    flags = struct.pack("16sH14x", b"lo", 0x1 | 0x40)  # up, running
    with socket.socket() as handle:
        fcntl.ioctl(handle, 0x8914, flags)


def serve(folder):
    config = folder / "xrootd.cfg"
    paths = f"oss.localroot {folder}\nall.adminpath {folder}/own\nall.pidpath {folder}/own\n"
    config.write_text(f"all.export /data\nxrd.port {PORT}\n{paths}")
    command = ["xrootd", "-R", "nobody", "-c", str(config), "-l", str(folder / "own" / "log")]
    server = subprocess.Popen(command)
    for _ in range(100):
        with socket.socket() as handle:
            if handle.connect_ex(("127.0.0.1", PORT)) == 0:
                return server
        time.sleep(0.1)
    raise SystemExit("the server does not answer: " + (folder / "own" / "log").read_text())


def refusal(url, target, **known):
    try:
        download(RemoteFile(url=url, **known), target, QUICK)
    except FootprintError as error:
        return str(error)
    return ""


def round_trip(folder):
    content = (folder / "data" / "a.bin").read_bytes()
    address = f"root://127.0.0.1:{PORT}//data"
    changed = int((folder / "data" / "a.bin").stat().st_mtime)
    adler = f"{zlib.adler32(content):08x}"
    out = folder / "out"
    found = {}

    whole = out / "whole.bin"
    download(RemoteFile(url=f"{address}/a.bin", adler32=adler), whole, QUICK)
    found["whole"] = whole.read_bytes() == content

    # Bytes that the server does not have show that only the rest was fetched.
    rest = out / "rest.bin"
    rest.with_name("rest.bin.part").write_bytes(bytes(len(content) // 2))
    note = rest.with_name("rest.bin.part.version")
    note.write_text(f"{len(content)} bytes of {changed}")
    download(RemoteFile(url=f"{address}/a.bin"), rest, QUICK)
    half = len(content) // 2
    found["rest"] = rest.read_bytes() == bytes(half) + content[half:]

    anew = out / "anew.bin"
    anew.with_name("anew.bin.part").write_bytes(bytes(half))
    anew.with_name("anew.bin.part.version").write_text(f"{len(content)} bytes of {changed - 9}")
    download(RemoteFile(url=f"{address}/a.bin"), anew, QUICK)
    found["anew"] = anew.read_bytes() == content

    found["missing"] = refusal(f"{address}/none.bin", out / "none")
    found["folder"] = refusal(address, out / "none")
    found["closed"] = refusal(f"root://127.0.0.1:{PORT}//etc/passwd", out / "none")
    found["wrong"] = refusal(f"{address}/a.bin", out / "none", adler32="00000001")

    options = RootOptions(tree="events", branches={"x": "x"})
    blocks = list(read_blocks(f"{address}/events.root", options))
    found["in_place"] = [float(value) for block in blocks for value in block.arrays["x"]]
    found["listed"] = sorted(LISTS["root"](address))
    found["left"] = sorted(path.name for path in out.iterdir())
    return found


if __name__ == "__main__":
    start_loopback()
    server = serve(Path(sys.argv[1]))
    try:
        print(json.dumps(round_trip(Path(sys.argv[1]))))
    finally:
        server.terminate()
        server.wait()
