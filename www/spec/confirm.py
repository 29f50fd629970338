#!/usr/bin/env python3
"""Checks a receipt file (receipt-file.md) or the folder of an evidence pack (evidence-pack.md), without a network.

Usage: python3 confirm.py FILE|FOLDER [--vkey KEY]     KEY: the log's verifier key, from a source that you trust
"""

import base64, contextlib, hashlib, json, pathlib, re, runpy, sys, time

try:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    equation = lambda key, signature, message: Ed25519PublicKey.from_public_bytes(key).verify(signature, message)
except ImportError:  # a bare Python computes the same, slowly
    equation = runpy.run_path(str(pathlib.Path(__file__).with_name("ed25519.py")))["equation"]

# Shapes of JSON: a pattern for a string, a list of one shape, an object; a member with ? may be absent.
DIGEST = "[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]"  # 32 bytes in base64url
ID = "[a-z][a-z0-9_-]*"
TEXT = "(?s).*"
FILE = {
    "receipt": TEXT, "proof": TEXT, "notice": {"lang": "ru|en", "text": TEXT},
    "policy": {"edition": TEXT, "url": TEXT, "sha256": DIGEST}, "log": {"vkey": TEXT},
}
HEADER = {
    "alg": "EdDSA|Ed25519", "jwk": {"crv": "Ed25519", "kty": "OKP", "x": DIGEST}, "typ": r"consent-receipt\+sd-jwt",
}
PAYLOAD = {
    "schema": "urn:raspiska:receipt:1", "iat": int, "aud": "(?s).+", "sub": DIGEST,
    "jti": "[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}",
    "category": "candidate|site_user|customer_client|(customer|partner|supplier)_representative",
    "policy": {"edition": "(?s).+", "sha256": DIGEST}, "notice": {"id": "(?s).+", "lang": "ru|en", "sha256": DIGEST},
    "decisions": [{"purpose": f"(?!.{{65}}){ID}(/{ID})?", "state": TEXT}], "event": {"by": TEXT, "method": TEXT},
    "prev?": DIGEST, "of?": DIGEST, "withdrawal?": {"code_sha256": DIGEST}, "_sd?": [DIGEST], "_sd_alg?": "sha-256",
    "client?": {"page?": "[^?#]*", "version?": TEXT, "wasm_sha256?": DIGEST, "account?": DIGEST,
                "gate?": f"((held|let|once) (?=[^ ]{{1,64}} ){ID}(/{ID})? (0|[1-9][0-9]{{0,7}})\n)+"},
}
EVENT = ("(subject|representative) (give-all given|(refuse-all|withdraw) (refused|withdrawn)"
         "|(choices|form) (given|refused|withdrawn))|operator (code|letter|call|expiry|erasure) withdrawn")
CONTROL = "[\x00-\x09\x0b-\x1f\x7f-\x9f]"  # all but LF
NAME = "[^\\s+\x00-\x1f\x7f-\x9f]+"

P, L = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
Y8 = 2707385501144840649318225287225658788936804267575313519463743609750303402022
SMALL = (0, 1, P - 1, Y8, P - Y8)  # the y of the eight points of small order


class Wrong(Exception):
    """What does not hold: its kind and a sentence."""


@contextlib.contextmanager
def step(kind, sentence):
    """Whatever fails within is this failure, unless it is a more exact one."""
    try:
        yield
    except Wrong:
        raise
    except Exception:
        raise Wrong(kind, sentence) from None


def need(holds):
    if not holds:
        raise ValueError


def sha256(data):
    return hashlib.sha256(data).digest()


def b64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def unb64url(text):
    data = base64.urlsafe_b64decode(text + "==")
    need(b64url(data) == text)  # the one spelling
    return data


def unb64(text, length=None):
    data = base64.b64decode(text)
    need(base64.b64encode(data).decode() == text and length in (None, len(data)))
    return data


def decimal(text):
    need(re.fullmatch("0|[1-9][0-9]{0,19}", text) and int(text) < 2**64)
    return int(text)


def compact(value):
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()  # refuses half characters


def strict_json(data):
    """receipt.md, JSON: members once, integers of 64 bits, at most 127 deep, `_sd` at the top only."""

    def members(pairs):
        need(len(dict(pairs)) == len(pairs) and "..." not in dict(pairs))
        return dict(pairs)

    def integer(text):
        need(text != "-0" and -(2**63) <= int(text) < 2**64)
        return int(text)

    value = json.loads(data.decode(), object_pairs_hook=members, parse_int=integer, parse_float=int, parse_constant=int)
    need(compact(value) and type(value) is dict)
    depth, level = 0, [value]
    while level := [one for one in level if type(one) in (dict, list)]:
        depth += 1
        need(depth <= 127 and (depth == 1 or not any(type(one) is dict and "_sd" in one for one in level)))
        level = [below for one in level for below in (one.values() if type(one) is dict else one)]
    return value


def fits(value, shape, names=None):
    """Has the value this shape? `names`: no other members, compared as a list or as a set."""
    if shape is int:
        return type(value) is int and value >= 0
    if type(shape) is str:
        return type(value) is str and re.fullmatch(shape, value) is not None
    if type(shape) is list:
        return type(value) is list and all(fits(one, shape[0]) for one in value)
    present = [name for name in shape if not name.endswith("?") or name[:-1] in value]
    return type(value) is dict and (names is None or names(value) == names(shape)) and all(
        name.rstrip("?") in value and fits(value[name.rstrip("?")], shape[name], names) for name in present)


def on_curve(key):
    y = int.from_bytes(key, "little") % 2**255
    need(len(key) == 32 and pow((y * y - 1) * (D * y * y + 1), (P - 1) // 2, P) in (0, 1))  # x² = u/v has a root
    return key


def check_signature(key, signature, message):
    """receipt.md, step 3. OpenSSL, too, wants s reduced and compares R as bytes; points of small order it takes."""
    need(len(signature) == 64 and int.from_bytes(signature[32:], "little") < L)
    need(all(int.from_bytes(point, "little") % 2**255 % P not in SMALL for point in (key, signature[:32])))
    equation(key, signature, message)


def open_receipt(text):
    """receipt.md, steps 1 to 6: the payload, the receipt's hash and the disclosed values."""
    if len(text.encode()) > 32768:
        raise Wrong("too-large", "the receipt has more than 32768 bytes")
    with step("form", "not header.payload.signature~ with disclosures"):
        token, *disclosures, end = text.split("~")
        parts = [unb64url(part) for part in token.split(".")]
        need(end == "" and all(disclosures) and len(disclosures) <= 64 and all(parts))
        header, payload, signature = parts
        need(len(signature) == 64)
    with step("header", "the header is not the one of a receipt"):
        header = strict_json(header)
        need(fits(header, HEADER, set))
        key = on_curve(unb64url(header["jwk"]["x"]))
    with step("signature", "the signature does not verify"):
        check_signature(key, signature, token.rpartition(".")[0].encode())
    with step("payload", "the payload is not the one of a receipt"):
        payload = strict_json(payload)
        need(fits(payload, PAYLOAD))
        client, event, decisions = payload.get("client", {}), payload["event"], payload["decisions"]
        short = (payload["aud"], payload["policy"]["edition"], payload["notice"]["id"], client.get("version", ""))
        need(all(len(text.encode()) <= 255 for text in short) and len(client.get("page", "").encode()) <= 2048)
        times = [int(line.split()[2]) for line in client.get("gate", "").splitlines()]
        need(len(client.get("gate", "")) <= 2048 and times == sorted(times) and max(times, default=0) <= 86400000)
        need(1 <= len(decisions) == len({decision["purpose"] for decision in decisions}) <= 64)
        need(all(re.fullmatch(EVENT, f"{event['by']} {event['method']} {one['state']}") for one in decisions))
        need(("of" in payload) == (event["by"] == "operator") and ("_sd_alg" in payload or not payload.get("_sd")))
    with step("subject", "the subject is not the key that signed"):
        need(b64url(sha256(compact({name: header["jwk"][name] for name in ("crv", "kty", "x")}))) == payload["sub"])
    with step("disclosure", "a disclosure does not belong to the receipt"):
        digests, values = payload.get("_sd", []), {}
        need(len(set(digests)) == len(digests))
        for disclosure in disclosures:
            salt, name, value = array = json.loads(unb64url(disclosure).decode())
            need(compact(array) and fits(array, [TEXT]) and len(unb64url(salt)) >= 16)
            need(name not in {"_sd", "...", *payload, *values} and b64url(sha256(disclosure.encode())) in digests)
            values[name] = value
    return payload, sha256(token.encode()), values


def read_vkey(text):
    """log.md, Note: name, key id and key."""
    with step("vkey", "not a verifier key"):
        name, key_id, material = text.split("+", 2)
        raw = unb64(material, 33)
        need(re.fullmatch(NAME, name) and raw[0] == 1 and sha256(name.encode() + b"\n" + raw)[:4].hex() == key_id)
        return name, bytes.fromhex(key_id), on_curve(raw[1:])


def open_note(note, vkey):
    """log.md, Note: the text that the key signed."""
    name, key_id, key = vkey
    verified = False
    with step("note", "not a signed note"):
        at = note.rindex("\n\n")
        text, lines = note[: at + 1], note[at + 2 :].split("\n")
        need(len(note.encode()) <= 65536 and not re.search(CONTROL, note) and lines.pop() == "" and lines)
        for count, line in enumerate(lines):
            dash, signer, blob = line.split(" ")
            raw = unb64(blob)
            need(dash == "\u2014" and re.fullmatch(NAME, signer) and count < 64 and len(raw) >= 5)
            if (signer, raw[:4]) == (name, key_id):
                with step("note-signature", "the log's signature does not verify"):
                    check_signature(key, raw[4:], text.encode())
                verified = True
    with step("note-signature", "the log's key did not sign the checkpoint"):
        need(verified)
    return text


def check_proof(proof, vkey, receipt):
    """log.md, Proof: site, time and index of the entry."""
    with step("proof", "not a proof"):
        head, checkpoint = proof.split("\n\n", 1)
        label, extra, index, *path = head.split("\n")
        need(label == "c2sp.org/tlog-proof@v1" and extra[:6] == "extra " and index[:6] == "index " and len(path) <= 64)
        entry, index, path = unb64(extra[6:]), decimal(index[6:]), [unb64(line, 32) for line in path]
    with step("entry", "the log entry is not the one of this receipt"):
        version, site, logged, millis, end = entry.decode().split("\n")
        need((version, end) == ("raspiska/entry/v1", "") and site and not re.search(CONTROL, site))
        need(unb64(logged, 32) == receipt and decimal(millis) >= 0)
    text = open_note(checkpoint, vkey)
    with step("checkpoint", "not a checkpoint of this log"):
        origin, size, root, end = text.split("\n")
        size, root = decimal(size), unb64(root, 32)
        need(origin == vkey[0] and end == "")
    with step("entry", "the log entry is of another site"):
        need(site == origin.rpartition("/")[2])
    with step("inclusion", "the proof does not lead from the entry to the checkpoint"):
        need(index < size)
        node, last, reached = index, size - 1, sha256(b"\x00" + entry)
        for sibling in path:
            need(last)
            if node % 2 or node == last:
                reached = sha256(b"\x01" + sibling + reached)
                while node and node % 2 == 0:
                    node, last = node >> 1, last >> 1
            else:
                reached = sha256(b"\x01" + reached + sibling)
            node, last = node >> 1, last >> 1
        need(last == 0 and reached == root)
    return site, int(millis), index


def verify(data, trusted=None):
    """receipt-file.md, all steps: the payload, the disclosed values, the entry's time and index, and the file."""
    if len(data) > 1048576:
        raise Wrong("too-large", "the file has more than 1 MiB")
    with step("file", "not a receipt file"):
        file = json.loads(data.decode())
        need(fits(file, FILE, list) and compact(file) == data)
    payload, receipt, values = open_receipt(file["receipt"])
    notice, policy = payload["notice"], payload["policy"]
    with step("notice-text", "the notice is not the one that was signed"):
        need(b64url(sha256(file["notice"]["text"].encode())) == notice["sha256"])
        need(file["notice"]["lang"] == notice["lang"])
    vkey = read_vkey(file["log"]["vkey"])
    with step("vkey", "another key than the expected one"):
        need(trusted in (None, file["log"]["vkey"]))
    site, millis, index = check_proof(file["proof"], vkey, receipt)
    with step("policy-ref", "the policy's reference is not the one that was signed"):
        url = f"https://{payload['aud']}/policy/{site}/{policy['edition']}"
        need(file["policy"] == {"edition": policy["edition"], "url": url, "sha256": policy["sha256"]})
    return payload, values, millis, index, file


def verify_pack(folder, trusted=None):
    """evidence-pack.md: what the receipt proves, and what each later one about its purposes does."""
    with step("pack", "there is no manifest.sha256 that sha256sum would read"):
        *lines, end = (folder / "manifest.sha256").read_bytes().decode().split("\n")
        listed = dict(reversed(line.split("  ", 1)) for line in lines)
        need(end == "" and len(listed) == len(lines))
    for name, digest in listed.items():
        with step("pack", f"{name} is not the file that was packed"):
            need(sha256((folder / name).read_bytes()).hex() == digest)
    with step("pack", "its files do not belong together"):
        read = {name: (folder / name).read_bytes() for name in listed}
        report = payload, _, _, _, file = verify(read["receipt.json"], trusted)
        need(read["receipt.tlog-proof"] == file["proof"].encode())
        need(read[f"notice.{file['notice']['lang']}.md"] == file["notice"]["text"].encode())
        need(payload["policy"]["sha256"] in [b64url(sha256(read[name])) for name in read if name.startswith("policy.")])
        keys = json.loads(read["keys.json"])
        need(keys["log"] == file["log"]["vkey"])
        reports = [report] + [verify(read[name], keys["log"]) for name in sorted(read) if name.startswith("later/")]
        need(all(payload["sub"] == keys["operator" if "of" in payload else "subject"] for payload, *_ in reports))
        need(all(before[3] < after[3] for before, after in zip(reports, reports[1:])))
    return reports


def describe(payload, values, millis, index, file):
    def moment(seconds):
        return time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime(min(seconds, 2**37)))

    decided = ", ".join(f"{decision['purpose']}: {decision['state']}" for decision in payload["decisions"])
    title = file["notice"]["text"].strip("# \n").partition("\n")[0]
    yield f"{payload['aud']}, {decided}; by {payload['event']['by']}, {payload['event']['method']}"
    yield f"signed {moment(payload['iat'])}, logged {moment(millis // 1000)} as entry {index}"
    yield f"the text that was shown: {title}"
    yield from (f"{name}: {value}" for name, value in values.items())


def main(name, flag="--vkey", trusted=None):
    try:
        path = pathlib.Path(name)
        if path.is_dir():
            reports = verify_pack(path, trusted)
        else:
            reports = [verify(path.read_bytes(), trusted)]
    except Wrong as wrong:
        return "Does not hold (%s): %s." % wrong.args
    except OSError as error:
        return f"Not checked: {error}"
    print("The receipt holds." if len(reports) == 1 else f"The receipt holds, and {len(reports) - 1} later about the same.")
    for report in reports:
        print("", *("  " + re.sub("[\x00-\x1f\x7f-\x9f]", "\ufffd", line) for line in describe(*report)), sep="\n")
    if trusted is None:
        print("\nThe log's key came from the file. Compare it with the operator's, or give that with --vkey:")
        print("  " + reports[0][4]["log"]["vkey"])


if __name__ == "__main__":
    if len(sys.argv) not in (2, 4) or sys.argv[2:3] not in ([], ["--vkey"]):
        sys.exit(__doc__)
    sys.exit(main(*sys.argv[1:]))
