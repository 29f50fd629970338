"""Receipts, proofs and the log, written from www/spec alone: nothing here knows the project's own code."""

import base64
import hashlib
import json
import os
import time

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)


class Wrong(Exception):
    """Something does not verify."""


def require(holds, sentence):
    if not holds:
        raise Wrong(sentence)


def sha256(data):
    return hashlib.sha256(data).digest()


def b64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def unb64url(text):
    data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    require(b64url(data) == text, "base64url in another spelling")
    return data


def unb64(text):
    data = base64.b64decode(text, validate=True)
    require(base64.b64encode(data).decode() == text, "base64 in another spelling")
    return data


def digest(data):
    return b64url(sha256(data.encode() if isinstance(data, str) else data))


def compact(value):
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


# receipt.md


class Person:
    """A device with its key."""

    def __init__(self, seed=None):
        self.key = Ed25519PrivateKey.from_private_bytes(seed or os.urandom(32))
        self.x = b64url(self.key.public_key().public_bytes_raw())
        self.jwk = {"crv": "Ed25519", "kty": "OKP", "x": self.x}
        self.subject = digest(compact(self.jwk))

    def header(self, **changes):
        header = {"alg": "EdDSA", "jwk": self.jwk, "typ": "consent-receipt+sd-jwt"}
        return compact({**header, **changes})

    def sign(self, payload, disclosures=(), header=None):
        """Signs payload and header, given as objects or as the JSON text itself."""
        text = payload if isinstance(payload, str) else compact(payload)
        signed = b64url((header or self.header()).encode()) + "." + b64url(text.encode())
        token = signed + "." + b64url(self.key.sign(signed.encode()))
        return token + "~" + "".join(disclosure + "~" for disclosure in disclosures)


def disclose(name, value, salt=None):
    return b64url(compact([b64url(salt or os.urandom(16)), name, value]).encode())


def uuid7(seconds):
    raw = bytearray(int(seconds * 1000).to_bytes(6, "big") + os.urandom(10))
    raw[6] = 0x70 | raw[6] & 0x0F
    raw[8] = 0x80 | raw[8] & 0x3F
    text = raw.hex()
    return "-".join([text[:8], text[8:12], text[12:16], text[16:20], text[20:]])


def receipt_hash(receipt):
    return digest(receipt.split("~")[0])


# log.md


def leaf_hash(data):
    return sha256(b"\x00" + data)


def node_hash(left, right):
    return sha256(b"\x01" + left + right)


def root(leaves):
    if not leaves:
        return sha256(b"")
    if len(leaves) == 1:
        return leaves[0]
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return node_hash(root(leaves[:split]), root(leaves[split:]))


def follow(leaf, index, size, path):
    """The root to which the path leads."""
    require(index < size, "the index is outside the tree")
    node, last, reached = index, size - 1, leaf
    for sibling in path:
        require(last != 0, "the path is too long")
        if node % 2 == 1 or node == last:
            reached = node_hash(sibling, reached)
            while node % 2 == 0 and node != 0:
                node, last = node >> 1, last >> 1
        else:
            reached = node_hash(reached, sibling)
        node, last = node >> 1, last >> 1
    require(last == 0, "the path is too short")
    return reached


def decimal(text):
    require(text.isascii() and text.isdigit() and str(int(text)) == text, "a number in another spelling")
    require(int(text) < 2**64, "a number of more than 64 bits")
    return int(text)


class LogKey:
    """A verifier key."""

    type = 1

    def __init__(self, vkey):
        self.text = vkey
        self.name, key_id, material = vkey.split("+", 2)
        raw = unb64(material)
        require(len(raw) == 33 and raw[0] == self.type, "not an Ed25519 key of this type")
        self.id = sha256(self.name.encode() + b"\n" + raw)[:4]
        require(self.id.hex() == key_id, "the key id is not the one of name and key")
        self.key = Ed25519PublicKey.from_public_bytes(raw[1:])

    def open(self, note):
        """The text of a note that this key signed."""
        at = note.rfind("\n\n")
        require(at >= 0 and note.endswith("\n"), "not a note")
        text, lines = note[: at + 1], note[at + 2 : -1].split("\n")
        verified = False
        for line in lines:
            require(line.startswith("\u2014 "), "not a signature line")
            name, blob = line[2:].split(" ")
            raw = unb64(blob)
            if (name, raw[:4]) == (self.name, self.id):
                try:
                    self.verify(raw[4:], text)
                except InvalidSignature as error:
                    raise Wrong("the known key's signature does not verify") from error
                verified = True
        require(verified, "the known key did not sign the note")
        return text

    def verify(self, signature, text):
        self.key.verify(signature, text.encode())

    def open_checkpoint(self, note):
        lines = self.open(note).split("\n")
        require(len(lines) == 4 and lines[3] == "", "not a checkpoint")
        require(lines[0] == self.name, "the checkpoint is of another log")
        head = unb64(lines[2])
        require(len(head) == 32, "the root is not a hash")
        return decimal(lines[1]), head

    def verify_proof(self, proof, receipt):
        """Index and time that a proof gives for the receipt with this hash."""
        head, _, checkpoint = proof.partition("\n\n")
        label, extra, index, *path = head.split("\n")
        require(label == "c2sp.org/tlog-proof@v1", "not a proof")
        require(extra.startswith("extra ") and index.startswith("index "), "not a proof")
        entry = unb64(extra.removeprefix("extra "))
        version, site, logged, millis, end = entry.decode().split("\n")
        require((version, end) == ("raspiska/entry/v1", ""), "not an entry")
        require(unb64(logged) == unb64url(receipt), "the entry is of another receipt")
        require(site == self.name.rsplit("/", 1)[-1], "the entry is of another site")
        size, expected = self.open_checkpoint(checkpoint)
        place = decimal(index.removeprefix("index "))
        reached = follow(leaf_hash(entry), place, size, [unb64(line) for line in path])
        require(reached == expected, "the path does not lead to the checkpoint's root")
        return place, decimal(millis)


class WitnessKey(LogKey):
    """The verifier key of a witness."""

    type = 4

    def verify(self, signature, text):
        when = int.from_bytes(signature[:8], "big")
        require(len(signature) == 72 and when < 2**63, "not a cosignature")
        self.key.verify(signature[8:], f"cosignature/v1\ntime {when}\n{text}".encode())


def now():
    return int(time.time())
