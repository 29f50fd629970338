#!/usr/bin/env python3
"""A client that was written from www/spec alone: it makes receipts, sends them, and believes no answer that it did not verify.

Usage: client.py BASE SITE [FILE]
       BASE is a running server, http://127.0.0.1:8080; FILE is where the receipt file is kept
"""

import json
import pathlib
import struct
import sys
import time
import urllib.error
import urllib.request

sys.dont_write_bytecode = True  # the folder is part of the sources

import refusals
from checks import Checks
from formats import (
    LogKey,
    Person,
    b64url,
    compact,
    digest,
    disclose,
    leaf_hash,
    now,
    receipt_hash,
    require,
    root,
    sha256,
    unb64,
    unb64url,
    uuid7,
)

SD_JWT = "application/sd-jwt"
ANSWERS = {"email": "person@example.org", "phone": "+7 900 000-00-00", "url": "https://example.org/cv"}


class Server:
    """One site of a server, over HTTP."""

    def __init__(self, base, site):
        self.base, self.site = base.rstrip("/"), site

    def ask(self, path, method="GET", body=None, **headers):
        """Status, headers and body; waits when it is told to."""
        data = body.encode() if isinstance(body, str) else body
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        while True:
            request = urllib.request.Request(self.base + path, data, named, method=method)
            try:
                with urllib.request.urlopen(request, timeout=30) as answer:
                    return answer.status, answer.headers, answer.read()
            except urllib.error.HTTPError as error:
                if error.code not in (429, 503):
                    return error.code, error.headers, error.read()
                time.sleep(min(float(error.headers["Retry-After"]), 60))

    def at(self, path):
        return f"/v1/sites/{self.site}{path}"

    def post(self, receipt, content_type=SD_JWT):
        return self.ask(self.at("/receipts"), "POST", receipt, content_type=content_type)

    def withdraw(self, body):
        return self.ask(self.at("/withdrawals"), "POST", body, content_type="application/json")


class Bundle:
    """The site bundle, with what a receipt needs of it."""

    def __init__(self, body):
        self.all = json.loads(body)
        self.key = LogKey(self.all["log"]["vkey"])

    def policy(self):
        chosen = next(e for e in self.all["editions"] if e["edition"] == self.all["edition"])
        return {"edition": chosen["edition"], "sha256": chosen["sha256"]}

    def notice(self, name):
        """The notice in force, in the governing language."""
        lang, day = self.all["languages"][0], time.strftime("%Y-%m-%d", time.gmtime(now() + 3 * 3600))
        return next(
            n
            for n in self.all["notices"]
            if (n["id"], n["lang"]) == (name, lang) and n["since"] <= day < n.get("until", "9999")
        )

    def category(self, purpose):
        return next(p["category"] for p in self.all["purposes"] if p["id"] == purpose)

    def draft(self, person, notice, decisions, method, **more):
        """A payload that this site admits."""
        first = decisions[0][0].split("/")[0]
        return {
            "schema": "urn:raspiska:receipt:1",
            "jti": uuid7(now()),
            "iat": now(),
            "aud": self.all["audience"],
            "sub": person.subject,
            "category": self.category(first),
            "policy": self.policy(),
            "notice": {name: notice[name] for name in ("id", "lang", "sha256")},
            "decisions": [{"purpose": purpose, "state": state} for purpose, state in decisions],
            "event": {"by": "subject", "method": method},
            **more,
        }


def fields(form, lang):
    """A value for each field, as a person would type it."""
    for field in form["fields"]:
        if field["kind"] == "file":
            continue
        options = field.get("options")
        yield field["id"], options[0][lang] if options else ANSWERS.get(field["kind"], "Проверка связи")[: field["max"]]


def logged(bundle, answer, receipt, statuses=(201,)):
    """The body of an answer that logs `receipt`, with everything in it verified."""
    status, _, body = answer
    require(status in statuses, f"{status} {body[:300]}")
    told = json.loads(body)
    require(told["receipt"] == receipt, "the answer names another receipt")
    place = bundle.key.verify_proof(told["proof"], receipt)
    require(place == (told["index"], told["time"]), "index or time are not those of the proof")
    require(abs(told["time"] / 1000 - now()) < 300, "the server's clock is off")
    return told


def read_log(server, bundle, receipts):
    """Reads the whole log and builds its root anew."""
    key = bundle.key
    size, head = key.open_checkpoint(server.ask(f"/log/{server.site}/checkpoint")[2].decode())
    entries = []
    for tile in range((size + 255) // 256):
        width = min(256, size - 256 * tile)
        groups = [f"{tile % 1000:03}"]
        while tile := tile // 1000:
            groups.insert(0, f"x{tile % 1000:03}")
        path = f"/log/{server.site}/tile/entries/{'/'.join(groups)}" + (f".p/{width}" if width < 256 else "")
        status, _, bundle_bytes = server.ask(path)
        require(status == 200, f"{path}: {status}")
        while bundle_bytes:
            (length,) = struct.unpack(">H", bundle_bytes[:2])
            entries.append(bundle_bytes[2 : 2 + length])
            bundle_bytes = bundle_bytes[2 + length :]
    require(root([leaf_hash(entry) for entry in entries]) == head, "the entries do not make the root")
    for receipt, index in receipts:
        require(unb64(entries[index].decode().split("\n")[2]) == unb64url(receipt), f"entry {index} is another one")


def keep(path, bundle, site, receipt, proof, notice):
    """Writes the receipt file of receipt-file.md."""
    policy = bundle.policy()
    file = {
        "receipt": receipt,
        "proof": proof,
        "notice": {"lang": notice["lang"], "text": notice["text"]},
        "policy": {
            "edition": policy["edition"],
            "url": f"https://{bundle.all['audience']}/policy/{site}/{policy['edition']}",
            "sha256": policy["sha256"],
        },
        "log": {"vkey": bundle.key.text},
    }
    pathlib.Path(path).write_text(compact(file), encoding="utf-8")


def talk(base, site, file=None):
    server, check, alice = Server(base, site), Checks(), Person()
    bundle = check("the site bundle is there", lambda: Bundle(server.ask(server.at(""))[2]))
    if bundle is None:
        return 1

    def documents():
        for notice in bundle.all["notices"]:
            require(digest(notice["text"]) == notice["sha256"], f"the digest of {notice['id']}")
        path = f"/policy/{site}/{bundle.policy()['edition']}"
        text = server.ask(path, accept="text/markdown", accept_language=bundle.all["languages"][0])[2]
        require(b64url(sha256(text)) == bundle.policy()["sha256"], "the digest of the policy")

    check("notices and policy have the digests that are given", documents)
    check("the log's key is the bundle's", lambda: require(
        server.ask(f"/log/{site}/vkey")[2].decode() == bundle.key.text + "\n", "another key"))

    # A form with personal data and a withdrawal code.
    form = next(form for form in bundle.all["forms"] if form["name"] == "contact")
    notice, code = bundle.notice(form["notice"]), "TEST-CODE-" + uuid7(now())
    values = [disclose(*field) for field in fields(form, bundle.all["languages"][0])]
    draft = bundle.draft(
        alice, notice, [(purpose["id"], "given") for purpose in notice["purposes"]], "form",
        withdrawal={"code_sha256": digest(code)}, client={"page": f"https://{bundle.all['audience']}/contacts"},
        _sd=sorted(digest(value) for value in values), _sd_alg="sha-256",
    )
    receipt = alice.sign(draft, values)
    hashed = receipt_hash(receipt)
    first = check("a form is logged, and its proof verifies", lambda: logged(bundle, server.post(receipt), hashed))
    again = check("the same receipt again is answered with 200", lambda: logged(bundle, server.post(receipt), hashed, (200,)))
    check("and with the same place", lambda: require(first["index"] == again["index"] and first["time"] == again["time"], "moved"))
    check("what was given holds", lambda: require(set(first["status"].values()) == {"given"}, first["status"]))
    read = lambda: logged(bundle, server.ask(server.at("/receipts/" + hashed)), hashed, (200,))
    check("it can be read", read)
    check("its proof can be read alone", lambda: bundle.key.verify_proof(
        server.ask(server.at("/receipts/" + hashed), accept="text/plain")[2].decode(), hashed))
    if file and first:
        check("a receipt file is kept", keep, file, bundle, site, receipt, first["proof"], notice)

    # A choice about cookies, and its withdrawal with the key.
    cookies = next(c for c in bundle.all["cookies"] if c.get("notice") and c["services"])
    service = f"{cookies['id']}/{cookies['services'][0]['id']}"
    about = bundle.notice(cookies["notice"])
    choice = alice.sign(bundle.draft(alice, about, [(cookies["id"], "given"), (service, "refused")], "choices", prev=hashed))
    second = check("a choice about cookies is logged", lambda: logged(bundle, server.post(choice), receipt_hash(choice)))
    back = alice.sign(bundle.draft(alice, about, [(cookies["id"], "withdrawn")], "withdraw", prev=receipt_hash(choice)))
    third = check("it is withdrawn with the key", lambda: logged(bundle, server.post(back), receipt_hash(back)))
    check("and the status says so", lambda: require(
        logged(bundle, server.ask(server.at("/receipts/" + receipt_hash(choice))), receipt_hash(choice), (200,))["status"][cookies["id"]]
        == "withdrawn", "still given"))

    # Everything that is refused.
    case = refusals.Case(server, bundle, alice, draft, values, about, [cookies["id"], service])
    for sentence, refusal in refusals.all_of(case):
        check(sentence, refusal)

    # Withdrawal without the key.
    shown = lambda code: server.withdraw(compact({"receipt": hashed, "code": code}))
    check("another code is refused", refusals.refused, shown("another"), 422, "code")

    def by_code():
        status, _, body = shown(code)
        require(status == 201, f"{status} {body[:300]}")
        told = json.loads(body)
        require(told["receipt"] != hashed, "the statement has a hash of its own")
        bundle.key.verify_proof(told["proof"], told["receipt"])
        require(set(told["status"].values()) == {"withdrawn"}, told["status"])
        return told

    fourth = check("the code withdraws, and the statement's proof verifies", by_code)
    check("and the status says so", lambda: require(set(read()["status"].values()) == {"withdrawn"}, "still given"))
    again = lambda: require(
        (lambda status, _, body: (status, json.loads(body)["index"]))(*shown(code)) == (200, fourth["index"]), "another statement")
    check("the code withdraws once, and who lost the answer gets it again", again)
    places = [(told["receipt"], told["index"]) for told in (first, second, third, fourth) if told]
    check("the log has them all, and its entries make its root", read_log, server, bundle, places)
    print("all checks held" if check.failed == 0 else f"{check.failed} checks failed")
    return int(check.failed > 0)


if __name__ == "__main__":
    if len(sys.argv) not in (3, 4):
        sys.exit(__doc__)
    sys.exit(talk(*sys.argv[1:]))
