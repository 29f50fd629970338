#!/usr/bin/env python3
"""www/spec/confirm.py or verify.py over many inputs in one process.

Usage: judge.py PROGRAM [plain]     plain: as on a machine without `cryptography`

Each line of the input is an object: `what` (file, receipt, note, proof, vkey, signature), `bytes` in base64, what the reader needs
(`trusted`, `vkey`, `receipt`), and `flips`, pairs of a position and a mask. Each line of the output is an array of kinds, one
for each flip, or for the bytes as they are. verify.py is asked for files and receipts alone.
"""

import base64
import contextlib
import importlib.util
import io
import json
import re
import sys

sys.dont_write_bytecode = True  # the folder is part of the sources

if sys.argv[2:] == ["plain"]:
    sys.modules["cryptography"] = None
spec = importlib.util.spec_from_file_location("verify", sys.argv[1])
verifier = importlib.util.module_from_spec(spec)
spec.loader.exec_module(verifier)
Refused = getattr(verifier, "Wrong", SystemExit)  # confirm.py raises the kind, verify.py ends with a sentence that has it


def signature(data):
    with verifier.step("signature", "the signature does not verify"):
        verifier.check_signature(verifier.on_curve(data[:32]), data[32:96], data[96:])


def kind_of(refused):
    return re.sub(r"Does not hold \((.*?)\).*", r"\1", refused.args[0])


def open_in_file(receipt):
    """For verify.py: a file whose notice nobody signed. If the receipt holds, that is what does not."""
    notice, policy = {"lang": "ru", "text": ""}, {"edition": "", "url": "", "sha256": "A" * 43}
    file = {"receipt": receipt, "proof": "", "notice": notice, "policy": policy, "log": {"vkey": ""}}
    try:
        verifier.verify(json.dumps(file, ensure_ascii=False, separators=(",", ":")).encode())
    except Refused as refused:
        if kind_of(refused) != "notice-text":
            raise


def judge(case, data):
    try:
        if case["what"] == "file":
            verifier.verify(data, case.get("trusted"))
        elif case["what"] == "receipt":
            getattr(verifier, "open_receipt", open_in_file)(data.decode())
        elif case["what"] == "vkey":
            verifier.read_vkey(data.decode())
        elif case["what"] == "note":
            verifier.open_note(data.decode(), verifier.read_vkey(case["vkey"]))
        elif case["what"] == "proof":
            verifier.check_proof(
                data.decode(), verifier.read_vkey(case["vkey"]), verifier.unb64url(case["receipt"])
            )
        else:
            signature(data)
        return "ok"
    except Refused as refused:
        return kind_of(refused)


def judged(case, data):
    """verify.py says what it has checked; here only kinds are wanted."""
    with contextlib.redirect_stdout(io.StringIO()):
        return judge(case, data)


def flipped(data, at, mask):
    return data[:at] + bytes([data[at] ^ mask]) + data[at + 1 :]


for line in sys.stdin:
    case = json.loads(line)
    data = base64.b64decode(case["bytes"])
    flips = case.get("flips")
    print(json.dumps([judged(case, data)] if flips is None else [judged(case, flipped(data, *flip)) for flip in flips]))
