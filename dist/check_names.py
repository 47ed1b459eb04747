#!/usr/bin/env python3
"""Whether a static program finds names in a root folder that has nothing else: by a hosts file, and by DNS.

    check_names.py PROGRAM EXAMPLES WORK     EXAMPLES is examples-wasm/built

Runs in a network of its own (`unshare --net --mount --pid`), where a name server and a page are put up on the loopback.
"""

import http.server
import json
import shutil
import socket
import struct
import subprocess
import sys
import threading
from pathlib import Path

NAME = "page.example.test"
ORIGIN = f"http://{NAME}:8080"
GRANTS = f"""
[tool."http.get".http."{ORIGIN}"]
local = true

[agent.proposer]
propose = ["http.get", "advance"]
"""
DNS = {"resolv.conf": "nameserver 127.0.0.1\n"}
# Each way to know a name, as files of /etc, and whether it has to be found. The program asks files and DNS and nothing else,
# whatever nsswitch.conf says: modules of the system's are for the system's own libc.
WAYS = {
    "a hosts file": ({"hosts": f"127.0.0.1 {NAME}\n"}, True),
    "DNS": (DNS, True),
    "DNS beside modules": (
        DNS | {"nsswitch.conf": "hosts: mymachines mdns4_minimal [NOTFOUND=return] resolve [!UNAVAIL=return] files dns\n"},
        True,
    ),
    "DNS that nsswitch.conf leaves out": (DNS | {"nsswitch.conf": "hosts: files\n"}, True),
    "a server that isn't there": ({"resolv.conf": "nameserver 127.0.0.2\noptions timeout:1 attempts:1\n"}, False),
}


class Page(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"found")

    def log_message(self, *_):
        pass


def answer_names(server):
    """A name server that knows one name's IPv4 address."""
    while True:
        asked, client = server.recvfrom(512)
        end = asked.index(0, 12) + 5
        labels = NAME.split(".")
        wire = b"".join(bytes([len(label)]) + label.encode() for label in labels) + b"\0"
        known = asked[12:end].lower() == wire + struct.pack(">HH", 1, 1)
        head = asked[:2] + struct.pack(">HHHHH", 0x8580, 1, int(known), 0, 0)
        found = b"\xc0\x0c" + struct.pack(">HHIH", 1, 1, 60, 4) + bytes([127, 0, 0, 1])
        server.sendto(head + asked[12:end] + (found if known else b""), client)


def ask(program, examples, root, etc):
    """The page through the tool `http.get`, in a root folder with the program and these files; or why there is none."""
    shutil.rmtree(root, ignore_errors=True)
    for folder in ("proc", "dev", "tmp", "etc", "config"):
        (root / folder).mkdir(parents=True)
    for device, minor in (("null", "3"), ("urandom", "9"), ("random", "8")):
        subprocess.run(["mknod", root / "dev" / device, "c", "1", minor], check=True)
    shutil.copy(program, root / "jaros")
    for file in ("agents/proposer.wasm", "tools/http.get.wasm"):
        shutil.copy(examples / file, root)
    (root / "config/grants.toml").write_text(GRANTS)
    for name, text in etc.items():
        (root / "etc" / name).write_text(text)
    subprocess.run(["mount", "-t", "proc", "proc", root / "proc"], check=True)
    wish = json.dumps({"kind": "http.get", "payload": {"url": f"{ORIGIN}/"}})
    command = ["chroot", root, "/jaros", "run", "/proposer.wasm", "/http.get.wasm", "--config", "/config", "--json"]
    try:
        ended = subprocess.run([*command, "--input", wish], check=False, capture_output=True, text=True, timeout=60)
    finally:
        subprocess.run(["umount", root / "proc"], check=True)
    return ended.stdout + ended.stderr


def main(program, examples, work):
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    names = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    names.bind(("127.0.0.1", 53))
    pages = http.server.ThreadingHTTPServer(("127.0.0.1", 8080), Page)
    threading.Thread(target=answer_names, args=(names,), daemon=True).start()
    threading.Thread(target=pages.serve_forever, daemon=True).start()
    for way, (etc, has_to_be_found) in WAYS.items():
        said = ask(program, examples, work, etc)
        if ('"text":"found"' in said) != has_to_be_found:
            sys.exit(f"{way}: {said}")
    print("; ".join(WAYS))


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    main(*map(Path, sys.argv[1:]))
