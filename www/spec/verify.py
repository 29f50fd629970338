"""Checks all of a receipt file, as receipt-file.md says, without a network. Usage: python3 verify.py FILE [--vkey KEY]

KEY is the log's verifier key, from a source that you trust. Needs Python 3.8, the package `cryptography`, and formats.json beside it."""
import base64, contextlib, hashlib, itertools, json, pathlib, re, sys
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
FORMATS = json.loads(pathlib.Path(__file__).with_name("formats.json").read_text("utf-8"))  # the tables of the pages, as patterns

def check(kind, sentence, work):  # gives what `work` finds; where it finds nothing, or cannot go on, the file does not hold
    with contextlib.suppress(Exception):
        if found := work(): return print("ok:", sentence) or found
    sys.exit(f"Does not hold ({kind}): it is not so that {sentence}.")
def need(holds):
    if not holds: raise ValueError
def match(name, text): return re.fullmatch(FORMATS[name], text, re.S).groups("")
def sha256(data): return hashlib.sha256(data).digest()
def digest(text): return base64.urlsafe_b64encode(sha256(text.encode())).decode().rstrip("=")
def unbase64(text): return base64.b64decode(text.replace("-", "+").replace("_", "/") + "==")  # of either alphabet; FORMATS has their spelling
def compact(value): return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
def integer(digits): return need(digits != "-0" and -(2**63) <= int(digits) < 2**64) or int(digits)
def read_json(data, name, order=None):  # receipt.md, JSON
    objects = []  # the outermost is the last
    def members(pairs): return objects.append(dict(pairs)) or need(len(pairs) == len(objects[-1])) or objects[-1]
    value = json.loads(data.decode(), object_pairs_hook=members, parse_int=integer, parse_float=integer, parse_constant=integer)
    marks = re.sub(r'"(?:[^"\\]|\\.)*"', "", compact(value))
    need(max(itertools.accumulate((mark in "[{") - (mark in "]}") for mark in marks)) <= 127)
    need(not any("..." in one for one in objects) and not any("_sd" in one for one in objects[:-1]))
    return compact(value).encode() and fits(value, FORMATS[name], order) and value  # UTF-8 has no half characters
def fits(value, shape, order=None):  # a member with ? may be absent; `order`: the members have it, and there are no others
    if type(shape) is int: return type(value) is int and value >= shape
    if type(shape) is str: return type(value) is str and re.fullmatch(FORMATS["words"].get(shape, shape).encode(), value.encode(), re.S)
    if type(shape) is list: return type(value) is list and len(shape) in (1, len(value)) and all(map(fits, value, shape * len(value)))
    return type(value) is dict and (order is None or order(value) == order(shape)) and all(
        fits(value[name.rstrip("?")], shape[name], order) for name in shape if name[-1] != "?" or name[:-1] in value)
def verifies(key, signature, message):  # receipt.md, step 3: neither the key nor R is of small order
    need(not any(bytes([*point[:31], point[31] % 128]).hex() in FORMATS["weak"] for point in (key, signature[:32])))
    return Ed25519PublicKey.from_public_bytes(key).verify(signature, message.encode()) is None
def climb(entry, index, size, path):  # log.md, Tree; from level `inner` on, all siblings are on the left
    node, inner = sha256(b"\0" + entry), (index ^ size - 1).bit_length()
    for level, sibling in enumerate(map(unbase64, path)):
        node = sha256(b"\1" + (sibling + node if level >= inner or index >> level & 1 else node + sibling))
    return index < size and len(path) == inner + bin(index >> inner).count("1") and node

def verify(data, trusted=None):  # first the file and its receipt: receipt.md, steps 1 to 6
    check("too-large", "the file has at most 1 MiB", lambda: len(data) <= 2**20)
    file = check("file", "it is a receipt file in its one spelling", lambda: compact(json.loads(data)).encode() == data and read_json(data, "file", list))
    check("too-large", "the receipt has at most 32768 bytes", lambda: len(file["receipt"].encode()) <= 32768)
    token, header, payload, signature, disclosed = check("form", "the receipt has all its parts", lambda: match("receipt", file["receipt"]))
    jwk = check("header", "its header is the one of a receipt", lambda: read_json(unbase64(header), "header", set)["jwk"])
    check("signature", "the key in the header signed it", lambda: verifies(unbase64(jwk["x"]), unbase64(signature), token.rpartition(".")[0]))
    payload = check("payload", "its payload is the one of a receipt", lambda: read_json(unbase64(payload), "payload"))
    event, digests, states = payload["event"], payload.get("_sd", []), {one["purpose"]: one["state"] for one in payload["decisions"]}
    act = " ".join([event["by"] + " of" * ("of" in payload), event["method"], *states.values()])
    check("payload", "its event fits its decisions", lambda: match("event", act) and len(states) == len(payload["decisions"]))
    check("payload", "its digests have an algorithm", lambda: "_sd_alg" in payload or not digests)
    check("payload", "its gate's times go on", lambda: (times := re.findall("[0-9]+\n", payload.get("client", {}).get("gate", ""))) == sorted(times, key=int))
    check("subject", "its subject is the key's thumbprint", lambda: digest(compact(dict(sorted(jwk.items())))) == payload["sub"])
    opened = [check("disclosure", "this value was signed", lambda: digest(part) in digests and read_json(unbase64(*match("base64url", part)), "disclosure"))
              for part in disclosed.split("~")[:-1]]
    values = {name: value for _, name, value in opened if name not in payload}
    check("disclosure", "values and digests are there once", lambda: len(values) == len(opened) and len(set(digests)) == len(digests))
    shown, notice, policy, vkey = file["notice"], payload["notice"], payload["policy"], file["log"]["vkey"]
    check("notice-text", "the text is the one that was signed", lambda: (digest(shown["text"]), shown["lang"]) == (notice["sha256"], notice["lang"]))
    name, key_id, key = check("vkey", "the log's key is the expected one", lambda: trusted in (None, vkey) and match("vkey", vkey))
    key = check("vkey", "its id is right", lambda: sha256(name.encode() + b"\n" + unbase64(key)).hex()[:8] == key_id and unbase64(key)[1:])
    extra, index, path, note = check("proof", "the proof has all its parts", lambda: match("proof", file["proof"]))
    site, logged, millis = check("entry", "it has an entry of the log", lambda: match("entry", unbase64(extra).decode()))
    text, lines = check("note", "it has a signed note", lambda: len(note.encode()) <= 65536 and match("note", note))
    own = [unbase64(blob) for signer, blob in re.findall(" (.*) (.*)\n", lines) if signer == name]
    check("note-signature", "the log signed it", lambda: {verifies(key, one[4:], text) for one in own if one[:4].hex() == key_id} == {True})
    size, root = check("checkpoint", "it is a checkpoint of the log", lambda: text.startswith(name + "\n") and match("checkpoint", text))
    check("proof", "its numbers are below 2^64", lambda: max(int(index), int(size), int(millis)) < 2**64)
    check("entry", "the entry is of this receipt and site", lambda: unbase64(logged) == sha256(token.encode()) and site == name.rpartition("/")[2])
    check("inclusion", "the path leads from it to the checkpoint", lambda: climb(unbase64(extra), int(index), int(size), path.split()) == unbase64(root))
    said = {"edition": policy["edition"], "url": f"https://{payload['aud']}/policy/{site}/{policy['edition']}", "sha256": policy["sha256"]}
    check("policy-ref", "the policy is the one that was signed", lambda: file["policy"] == said)
    return [payload["aud"], states, values, f"logged at {millis} ms as entry {index} of {vkey}"]

if __name__ == "__main__":
    if len(sys.argv) not in (2, 4) or sys.argv[2:3] not in ([], ["--vkey"]): sys.exit(__doc__)
    print("The receipt holds.", *map(repr, verify(open(sys.argv[1], "rb").read(), *sys.argv[3:])), sep="\n  ")
