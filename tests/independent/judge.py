#!/usr/bin/env python3
"""www/spec/confirm.py or verify.py over many inputs in one process.

Usage: judge.py PROGRAM [plain]     plain: as on a machine without `cryptography`

Each line of the input is an object: `what` (file, receipt, note, proof, vkey, signature), `bytes` in base64, what the reader needs
(`trusted`, `vkey`, `receipt`), and `flips`, pairs of a position and a mask. Each line of the output is an array of kinds, one
for each flip, or for the bytes as they are.
"""

import base64
import importlib.util
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


def judge(case, data):
    try:
        if case["what"] == "file":
            verifier.verify(data, case.get("trusted"))
        elif case["what"] == "receipt":
            verifier.open_receipt(data.decode())
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
        return re.sub(r"Does not hold \((.*?)\).*", r"\1", refused.args[0])


def flipped(data, at, mask):
    return data[:at] + bytes([data[at] ^ mask]) + data[at + 1 :]


for line in sys.stdin:
    case = json.loads(line)
    data = base64.b64decode(case["bytes"])
    flips = case.get("flips")
    print(json.dumps([judge(case, data)] if flips is None else [judge(case, flipped(data, *flip)) for flip in flips]))
