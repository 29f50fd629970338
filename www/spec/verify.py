"""Checks a receipt file as receipt-file.md says. Needs Python 3.8, `cryptography` and formats.json, and no network.
Usage: python3 verify.py FILE [--vkey KEY]     KEY: the log's verifier key, from a source that you trust"""
import base64, contextlib, hashlib, itertools, json, pathlib, re, sys
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
text = pathlib.Path(__file__).with_name("formats.json").read_text("utf-8")
FORMATS = json.loads(re.sub(r"<(\w+)>", lambda word: json.dumps(json.loads(text)["words"][word[1]])[1:-1], text))

def step(kind, work):  # what `work` finds; where it finds nothing, or cannot go on, the receipt does not hold
    with contextlib.suppress(Exception):
        if found := work(): return found
    sys.exit(f"Does not hold ({kind}): {FORMATS['kinds'][kind]}.")
def match(name, text): return re.fullmatch(FORMATS[name], text, re.S).groups("")
def sha256(data): return hashlib.sha256(data).digest()
def digest(data): return base64.urlsafe_b64encode(sha256(data)).decode().rstrip("=")
def unbase64(text): return base64.b64decode(text.replace("-", "+").replace("_", "/") + "==")
def compact(value, **how): return json.dumps(value, ensure_ascii=False, separators=(",", ":"), **how).encode()
def read_json(encoded, name, exact=False):  # receipt.md, JSON
    text, objects = unbase64(encoded).decode(), []
    value = json.loads(text, object_hook=lambda one: objects.append(one) or one)  # the outermost is the last
    bare = re.sub(FORMATS["words"]["string"], "", text)  # a colon for each member, a bracket for each object or array
    return (re.fullmatch(FORMATS["json"], text) and bare.count(":") == sum(map(len, objects))
            and max(itertools.accumulate((mark in "[{") - (mark in "]}") for mark in bare)) <= 127
            and not any("..." in one for one in objects) and not any("_sd" in one for one in objects[:-1])
            and fits(value, FORMATS[name], exact) and value)
def fits(value, shape, exact=False):  # a member with ? may be absent; `exact`: there are no others
    if type(shape) is dict:
        return type(value) is dict and (not exact or len(value) == len(shape)) and all(name[-1] == "?" and
            name[:-1] not in value or fits(value[name.rstrip("?")], shape[name], exact) for name in shape)
    if type(shape) is list:  # each of the one shape, or one of each
        return type(value) is list and len(shape) in (1, len(value)) and all(map(fits, value, shape * len(value)))
    return value >= shape if type(value) is int else re.fullmatch(shape, value.encode().decode("latin-1"), re.S)
def verifies(key, signature, message):  # receipt.md, step 3; the library itself takes points of small order
    weak = any(bytes([*point[:31], point[31] % 128]).hex() in FORMATS["weak"] for point in (key, signature[:32]))
    return not weak and not Ed25519PublicKey.from_public_bytes(key).verify(signature, message.encode())
def climb(node, index, size, path):  # log.md, Tree; from level `inner` on, whatever is beside is on the left
    inner = (index ^ size - 1).bit_length()
    for level, beside in enumerate(path):
        node = sha256(b"\1" + (beside + node if level >= inner or index >> level & 1 else node + beside))
    return index < size and len(path) == inner + bin(index >> inner).count("1") and node

def open_receipt(text):  # receipt.md, steps 1 to 6
    step("too-large", lambda: len(text.encode()) <= 32768)
    token, header, payload, signature, disclosed = step("form", lambda: match("receipt", text))
    header = step("header", lambda: read_json(header, "header", exact=True))
    step("signature", lambda: verifies(unbase64(header["jwk"]["x"]), unbase64(signature), token.rpartition(".")[0]))
    payload = step("payload", lambda: read_json(payload, "payload"))
    event, states = payload["event"], {one["purpose"]: one["state"] for one in payload["decisions"]}
    act = " ".join([event["by"] + " of" * ("of" in payload), event["method"], *states.values()])
    step("payload", lambda: match("act", act) and len(states) == len(payload["decisions"])
         and ("_sd_alg" in payload or not payload.get("_sd")))
    step("subject", lambda: digest(compact(header["jwk"], sort_keys=True)) == payload["sub"])
    digests, parts = payload.get("_sd", []), disclosed.split("~")[:-1]
    opened = [step("disclosure", lambda: read_json(part, "disclosure")) for part in parts]
    values = {name: value for _, name, value in opened if name not in {"_sd", "...", *payload}}
    step("disclosure", lambda: match("disclosures", disclosed) and len(values) == len(parts)
         and {digest(part.encode()) for part in parts} <= set(digests) and len(set(digests)) == len(digests))
    return payload, sha256(token.encode()), values

def verify(data, trusted=None):  # receipt-file.md
    step("too-large", lambda: len(data) <= 2**20)
    file = step("file", lambda: re.fullmatch(FORMATS["file"], data.decode()) and json.loads(data))
    payload, receipt, values = open_receipt(file["receipt"])
    notice, policy, shown, vkey = payload["notice"], payload["policy"], file["notice"], file["log"]["vkey"]
    step("notice-text", lambda: shown["lang"] == notice["lang"] and digest(shown["text"].encode()) == notice["sha256"])
    name, key_id, key = step("vkey", lambda: trusted in (None, vkey) and match("vkey", vkey))
    key = step("vkey", lambda: sha256(name.encode() + b"\n" + unbase64(key)).hex()[:8] == key_id and unbase64(key)[1:])
    entry, index, path, head, origin, size, root, lines = step("proof", lambda: match("proof", file["proof"]))
    site, logged, millis = step("entry", lambda: match("entry", unbase64(entry).decode()))
    own = [unbase64(blob) for signer, blob in re.findall(" (.*) (.*)\n", lines) if signer == name == origin]
    step("note-signature", lambda: {verifies(key, one[4:], head) for one in own if one[:4].hex() == key_id} == {True})
    step("entry", lambda: unbase64(logged) == receipt and site == name.rpartition("/")[2])
    leaf, path = sha256(b"\0" + unbase64(entry)), [unbase64(line) for line in path.split()]
    step("inclusion", lambda: climb(leaf, int(index), int(size), path) == unbase64(root))
    url = f"https://{payload['aud']}/policy/{site}/{policy['edition']}"
    step("policy-ref", lambda: file["policy"] == {"edition": policy["edition"], "url": url, "sha256": policy["sha256"]})
    return [payload["aud"], *payload["decisions"], *values.items(), f"logged at {millis} ms, entry {index} of {vkey}"]

if __name__ == "__main__":
    if len(sys.argv) not in (2, 4): sys.exit(__doc__)
    print("The receipt holds.", *map(repr, verify(open(sys.argv[1], "rb").read(), *sys.argv[3:])), sep="\n  ")
