#!/usr/bin/env python3
"""The formats of the independent client against the project's vectors, without a server.

Usage: vectors.py FOLDER   shared/vectors
"""

import json
import pathlib
import sys

sys.dont_write_bytecode = True  # the folder is part of the sources

from checks import Checks
from formats import LogKey, Person, WitnessKey, Wrong, digest, require, unb64url


def read_vectors(folder):
    """What can be judged by log key and receipt hash; and one receipt is made anew."""
    check, folder = Checks(), pathlib.Path(folder)

    def judge(path, read):
        header, _, body = path.read_bytes().partition(b"\n\n")
        keys = dict(line.split(": ", 1) for line in header.decode().split("\n"))
        try:
            read(keys, body.decode())
            accepted = True
        except (Wrong, ValueError):
            accepted = False
        require(accepted == (keys["expect"] == "ok"), "accepted" if accepted else "refused")

    readers = {
        "checkpoint": lambda keys, body: LogKey(keys["vkey"]).open_checkpoint(body),
        "cosignature": lambda keys, body: WitnessKey(keys["vkey"]).open(body),
        "proof": lambda keys, body: LogKey(keys["vkey"]).verify_proof(body, keys["receipt"]),
    }
    for name, read in readers.items():
        for path in sorted((folder / name).glob("*.txt")):
            check(f"{name}/{path.name}", judge, path, read)

    def anew():
        _, _, body = (folder / "receipt/contact-form.txt").read_bytes().partition(b"\n\n")
        token, *values = body.decode().rstrip("~").split("~")
        payload = unb64url(token.split(".")[1]).decode()
        alice = Person(b"\x01" * 32)
        require(json.loads(payload)["sub"] == alice.subject, "the thumbprint")
        require(json.loads(payload)["_sd"] == sorted(map(digest, values)), "the digests")
        require(alice.sign(payload, values) == body.decode(), "the signature")

    check("receipt/contact-form.txt is made anew", anew)
    return int(check.failed > 0)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    sys.exit(read_vectors(sys.argv[1]))
