"""Receipts that are broken on purpose: each valid but for one fault, and the answer that www/spec promises for it."""

import json
from dataclasses import dataclass, replace

from formats import Person, b64url, compact, digest, disclose, now, receipt_hash, require, uuid7

DAY = 24 * 60 * 60


def refused(answer, status, kind):
    """The answer is a problem of this status and kind."""
    got, headers, body = answer
    require(got == status, f"{got} in place of {status}: {body[:300]}")
    require(headers["Content-Type"] == "application/problem+json", headers["Content-Type"])
    problem = json.loads(body)
    require(problem["type"] == "urn:raspiska:problem:" + kind, problem["type"])
    require(problem["status"] == status and problem["title"] and problem["detail"], "an incomplete problem")
    return problem


@dataclass
class Case:
    """What the faults go into."""

    server: object
    bundle: object
    person: Person
    draft: dict
    values: list
    cookies: dict
    choices: list

    def form(self, **changes):
        """The form anew, with some members changed."""
        return {**self.draft, "jti": uuid7(now()), **changes}

    def send(self, payload, values=None, **how):
        return self.server.post(self.person.sign(payload, self.values if values is None else values, **how))

    def disclosing(self, extra, digests=None):
        """The form with one more disclosure, referenced unless said otherwise."""
        digests = sorted([*self.draft["_sd"], digest(extra)]) if digests is None else digests
        return self.send(self.form(_sd=digests), [*self.values, extra])


def all_of(case):
    """A sentence and a check for each fault."""
    yield from of_form(case)
    yield from of_payload(case)
    yield from of_disclosures(case)
    yield from of_site(case)
    yield from of_requests(case)


def refusal(sentence, status, kind, send):
    return f"{kind}: {sentence}", lambda: refused(send(), status, kind)


def of_form(case):
    good = case.person.sign(case.form(), case.values)
    token = good.split("~")[0]
    head, payload, signature = token.split(".")
    post = case.server.post
    header = case.person.header
    yield refusal("more than 32 KiB", 413, "too-large", lambda: post(good + "x" * 32768))
    yield refusal("no tilde", 400, "form", lambda: post(token))
    yield refusal("an empty disclosure", 400, "form", lambda: post(good + "~"))
    yield refusal("something behind the last tilde", 400, "form", lambda: post(good + "e30.e30.e30"))
    yield refusal("two parts", 400, "form", lambda: post(f"{head}.{payload}~"))
    yield refusal("a short signature", 400, "form", lambda: post(f"{head}.{payload}.{signature[:-2]}~"))
    for name, changes in {
        "alg none": {"alg": "none"},
        "alg HS256": {"alg": "HS256"},
        "crit": {"crit": ["exp"]},
        "jku": {"jku": "https://example.org"},
        "another typ": {"typ": "JWT"},
        "a private key": {"jwk": {**case.person.jwk, "d": b64url(bytes(32))}},
        "a key of another type": {"jwk": {**case.person.jwk, "kty": "EC"}},
    }.items():
        send = lambda changes=changes: case.send(case.form(), header=header(**changes))
        yield refusal(name, 400, "header", send)
    other = b64url(compact(case.form(iat=now() - 1)).encode())
    rest = good[len(token):]
    yield refusal("another payload than was signed", 422, "signature", lambda: post(f"{head}.{other}.{signature}{rest}"))
    yield refusal("another key than in the header", 422, "signature",
                  lambda: post(Person().sign(case.form(), case.values, header=header())))


def of_payload(case):
    text = compact(case.form())
    raw = lambda payload: case.send(payload)
    yield refusal("a member twice", 400, "payload", lambda: raw('{"iat":1,' + text[1:]))
    yield refusal("a fraction", 400, "payload", lambda: raw('{"x":1.5,' + text[1:]))
    yield refusal("a nested _sd", 400, "payload", lambda: case.send(case.form(x={"_sd": []})))
    yield refusal("an array for an object", 400, "payload", lambda: case.send(case.form(event=["subject", "form"])))
    yield refusal("null for an absent member", 400, "payload", lambda: case.send(case.form(prev=None)))
    yield refusal("another schema", 400, "payload", lambda: case.send(case.form(schema="urn:raspiska:receipt:2")))
    yield refusal("no decisions", 400, "payload", lambda: case.send(case.form(decisions=[])))
    yield refusal("a purpose twice", 400, "payload", lambda: case.send(case.form(decisions=case.draft["decisions"] * 2)))
    yield refusal("a page with a query", 400, "payload", lambda: case.send(case.form(client={"page": "https://x.example/?a=1"})))
    yield refusal("a method that does not fit", 400, "payload",
                  lambda: case.send(case.form(event={"by": "subject", "method": "refuse-all"})))
    yield refusal("an operator's method", 400, "payload",
                  lambda: case.send(case.form(event={"by": "operator", "method": "code"})))
    yield refusal("the thumbprint of another key", 422, "subject", lambda: case.send(case.form(sub=Person().subject)))
    statement = {
        "event": {"by": "operator", "method": "letter"},
        "decisions": [{**one, "state": "withdrawn"} for one in case.draft["decisions"]],
        "of": receipt_hash(case.person.sign(case.draft)),
    }
    yield refusal("a statement that only the operator makes", 422, "subject", lambda: case.send(case.form(**statement)))


def of_disclosures(case):
    extra = disclose("phone2", "1")
    refuse = lambda sentence, send: refusal(sentence, 422, "disclosure", send)
    yield refuse("a value that nobody signed", lambda: case.disclosing(extra, case.draft["_sd"]))
    yield refuse("a value twice", lambda: case.send(case.form(), [*case.values, case.values[0]]))
    yield refuse("a value that is not shown", lambda: case.send(case.form(), case.values[1:]))
    yield refuse("a short salt", lambda: case.disclosing(disclose("phone2", "1", bytes(15))))
    yield refuse("a reserved name", lambda: case.disclosing(disclose("_sd", "1")))
    yield refuse("a name that hides a member", lambda: case.disclosing(disclose("aud", "1")))
    yield refuse("a value that is not a string", lambda: case.disclosing(disclose("phone2", 1)))
    yield refuse("a digest twice", lambda: case.send(case.form(_sd=[*case.draft["_sd"], case.draft["_sd"][0]])))


def of_site(case):
    at = lambda moment: case.send(case.form(iat=moment))
    notice, policy = case.draft["notice"], case.draft["policy"]
    one = lambda purpose, state="given": {"purpose": purpose, "state": state}
    decided = lambda *purposes: case.send(case.form(decisions=[*case.draft["decisions"], *map(one, purposes)]))
    yield refusal("another site", 422, "audience", lambda: case.send(case.form(aud="other.example")))
    yield refusal("more than a day ahead", 422, "clock", lambda: at(now() + DAY + 60))
    yield refusal("more than 30 days behind", 422, "clock", lambda: at(now() - 30 * DAY - 60))
    yield refusal("a text that was never published", 422, "notice-unknown",
                  lambda: case.send(case.form(notice={**notice, "sha256": digest("x")})))
    yield refusal("a published text under another id", 422, "notice-unknown",
                  lambda: case.send(case.form(notice={**notice, "id": "x"})))
    yield refusal("an edition that was never published", 422, "policy-unknown",
                  lambda: case.send(case.form(policy={**policy, "edition": "1999-01-01"})))
    yield refusal("an edition with another digest", 422, "policy-unknown",
                  lambda: case.send(case.form(policy={**policy, "sha256": digest("x")})))
    yield from of_replaced(case)
    yield refusal("a purpose that the site does not have", 422, "purpose", lambda: decided("telepathy"))
    yield refusal("a purpose of another notice", 422, "purpose", lambda: decided(case.choices[0]))
    yield refusal("another subject category", 422, "purpose", lambda: case.send(case.form(category="customer_client")))
    category, service = case.choices
    cookies = lambda decisions, method="choices": replace(case, values=[]).send(
        case.bundle.draft(case.person, case.cookies, decisions, method))
    yield refusal("a required purpose that is not decided", 422, "purpose", lambda: cookies([(service, "given")]))
    yield refusal("a service that the site does not have", 422, "purpose",
                  lambda: cookies([(category, "given"), (category + "/telepathy", "given")]))
    yield refusal("nothing is given any more", 422, "withdrawal", lambda: cookies([(category, "withdrawn")], "withdraw"))


def of_replaced(case):
    """Only a site that has replaced a document can refuse it."""
    replaced = next((n for n in case.bundle.all["notices"] if "until" in n), None)
    if replaced:
        named = {name: replaced[name] for name in ("id", "lang", "sha256")}
        purposes = [{"purpose": purpose["id"], "state": "given"} for purpose in replaced["purposes"]]
        send = lambda: case.send(case.form(notice=named, decisions=purposes))
        yield "notice-not-current: with what is current", lambda: require(
            refused(send(), 409, "notice-not-current")["current"]["notices"], "nothing current")
    older = next((e for e in case.bundle.all["editions"] if e["edition"] != case.bundle.all["edition"]), None)
    if older:
        named = {name: older[name] for name in ("edition", "sha256")}
        send = lambda: case.send(case.form(policy=named))
        yield "policy-not-current: with what is current", lambda: require(
            refused(send(), 409, "policy-not-current")["current"]["policy"] == case.bundle.policy(), "another policy")


def of_requests(case):
    server, unknown = case.server, digest("never logged")
    good = lambda: case.person.sign(case.form(), case.values)
    elsewhere = type(server)(server.base, "nowhere")
    yield refusal("another media type", 415, "media-type", lambda: server.post(good(), "text/plain"))
    yield refusal("no such site", 404, "not-found", lambda: elsewhere.post(good()))
    yield refusal("no such receipt", 404, "not-found", lambda: server.ask(server.at("/receipts/" + unknown)))
    yield refusal("not a hash", 400, "bad-request", lambda: server.ask(server.at("/receipts/x")))
    yield refusal("another method", 405, "method", lambda: server.ask(server.at("/receipts"), "DELETE"))
    yield refusal("a code for what was never logged", 404, "not-found",
                  lambda: server.withdraw(compact({"receipt": unknown, "code": "x"})))
    yield refusal("a withdrawal that is no JSON", 400, "bad-request", lambda: server.withdraw("{"))
    yield refusal("a withdrawal with a member more", 400, "bad-request",
                  lambda: server.withdraw(compact({"receipt": unknown, "code": "x", "y": 1})))
