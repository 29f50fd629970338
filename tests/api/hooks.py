"""What schemathesis cannot know from the description: places that exist on this server, receipts that are signed now, and who
may come into the office.

RASPISKA_URL is the running server, RASPISKA_LOGIN an officer, RASPISKA_SECOND_LOGIN an auditor, RASPISKA_PASSWORD what both log in with.
"""

import json
import os
import pathlib
import re
import sys
import urllib.request

import schemathesis
from hypothesis import strategies as st

sys.dont_write_bytecode = True  # the folder is part of the sources
sys.path.append(str(pathlib.Path(__file__).parent.parent / "independent"))

from client import SD_JWT, Bundle, Server, fields  # noqa: E402
from formats import Person, digest, disclose, receipt_hash  # noqa: E402

SITE = "jetcrm"
SERVER = Server(os.environ["RASPISKA_URL"], SITE)
BUNDLE = Bundle(SERVER.ask(SERVER.at(""))[2])
ABOUT = [(cookies["id"], BUNDLE.notice(cookies["notice"])) for cookies in BUNDLE.all["cookies"] if cookies.get("notice")]


def choice(seed, about, state):
    """A receipt that this server takes, or refuses for nothing being withdrawn."""
    person, (purpose, notice) = Person(seed), about
    method = "withdraw" if state == "withdrawn" else "choices"
    return person.sign(BUNDLE.draft(person, notice, [(purpose, state)], method))


def damaged(receipt, place, letter):
    place %= len(receipt)
    return receipt[:place] + letter + receipt[place + 1 :]


def known(paths):
    """The names in the paths of these pages that lead to built files."""
    return sorted({name for path in paths for name in re.findall(r"/w/([A-Za-z0-9_.-]+)", SERVER.ask(path)[2].decode())})


signed = st.builds(choice, st.binary(min_size=32, max_size=32), st.sampled_from(ABOUT), st.sampled_from(["given", "refused", "withdrawn"]))
broken = st.builds(damaged, signed, st.integers(min_value=0, max_value=4096), st.sampled_from("A~.\x00é"))
schemathesis.openapi.format("receipt", st.one_of(signed, broken, st.text()))
schemathesis.serializer.alias(SD_JWT, "text/plain")

LOGGED = choice(bytes(32), ABOUT[0], "given")
SERVER.post(LOGGED)

asked = [category for category, _ in ABOUT]
told = st.sampled_from(["shown\n", "chosen\n", *(f"{word} {category}\n" for word in ["given", "refused"] for category in asked)])
counts = st.lists(told, min_size=1, max_size=8, unique=True).map("".join)
schemathesis.openapi.format("counts", st.one_of(counts, counts.map(lambda body: body + "given nobody\n"), st.text()))

# A receipt that commits to a code: its digest is in the receipt, so the code has to be known beforehand.
CODE = "CODE-OF-A-TEST"


def with_code(person, about):
    purpose, notice = about
    draft = BUNDLE.draft(person, notice, [(purpose, "given")], "choices", withdrawal={"code_sha256": digest(CODE)})
    return person.sign(draft)


OPENED = with_code(Person(), ABOUT[0])
SERVER.post(OPENED)


def form(about="contact"):
    """What the contact form sends about one of its documents, with personal data and the code."""
    person, form = Person(), next(form for form in BUNDLE.all["forms"] if form["name"] == "contact")
    notice = BUNDLE.notice(about)
    asked = {field["id"] for field in form["fields"] if about == form["notice"] or about in field.get("also_for", [])}
    values = [disclose(*field) for field in fields(form, BUNDLE.all["languages"][0]) if field[0] in asked]
    sealed = {"_sd": sorted(map(digest, values)), "_sd_alg": "sha-256", "withdrawal": {"code_sha256": digest(CODE)}}
    draft = BUNDLE.draft(person, notice, [(about, "given")], "form", **sealed)
    return person.sign(draft, values)


# One is read, one withdrawn, one destroyed by the description's own request, one before it.
DISCLOSED, UNWANTED, NEEDLESS, DESTROYED = (form() for _ in range(4))
# Destroyed before it, too, and kept as evidence: one is asked for, one confirmed, one read, of one even that is destroyed.
ASKED, CONFIRMED, OPEN, UNLAWFUL = EVIDENCE = [form() for _ in range(4)]
LETTERS = form("advertising")
for sent in DISCLOSED, UNWANTED, NEEDLESS, DESTROYED, LETTERS, *EVIDENCE:
    SERVER.post(sent)

CV = b"%PDF-1.7 of a test"


def application():
    """An application that tells of a CV."""
    person, form = Person(), next(form for form in BUNDLE.all["forms"] if form["name"] == "candidate")
    lang = BUNDLE.all["languages"][0]
    age = next(field for field in form["fields"] if field.get("age"))
    adult = next(option for option in age["options"] if option not in age["age"]["represented"])
    values = [disclose("age", adult[lang]), disclose("cv", f"{digest(CV)} {len(CV)} cv.pdf")]
    draft = BUNDLE.draft(person, BUNDLE.notice(form["notice"]), [("candidate", "given")], "form", _sd=sorted(map(digest, values)), _sd_alg="sha-256")
    return person.sign(draft, values)


APPLIED = application()
SERVER.post(APPLIED)
# One file is there to be read; whether it came now or before makes no difference.
SERVER.ask(SERVER.at(f"/receipts/{receipt_hash(APPLIED)}/files/cv"), "PUT", CV, content_type="application/octet-stream")
FILES = "/files/{field}"
schemathesis.openapi.format("file", st.one_of(st.just(CV.decode()), st.text()))
schemathesis.serializer.alias("application/octet-stream", "text/plain")

LOGIN = {"login": os.environ["RASPISKA_LOGIN"], "password": os.environ["RASPISKA_PASSWORD"]}
OFFICE = "/v1/office/"


def ask(path, body, **headers):
    headers = {"Content-Type": "application/json", **headers}
    request = urllib.request.Request(os.environ["RASPISKA_URL"] + OFFICE + path, json.dumps(body).encode(), headers)
    with urllib.request.urlopen(request) as answer:
        return json.loads(answer.read() or "null")


def log_in(login=LOGIN):
    return ask("session", login)["token"]


# One session works; another is there to be ended, once; the third is somebody else's.
TOKEN = log_in()
ENDED = log_in()
SECOND = log_in({**LOGIN, "login": os.environ["RASPISKA_SECOND_LOGIN"]})


def officer(path, body, token=TOKEN):
    return ask(f"sites/{SITE}/{path}", body, Authorization="Bearer " + token)


ACT = officer("acts", {"receipts": [receipt_hash(own) for own in [DESTROYED, *EVIDENCE]], "reason": "withdrawal"})["act"]
CONFIRM = officer(f"evidence/{receipt_hash(CONFIRMED)}/ask", {"reason": "a test"})
officer(f"evidence/{receipt_hash(OPEN)}/confirm", officer(f"evidence/{receipt_hash(OPEN)}/ask", {"reason": "a test"}), SECOND)
LINK = officer(f"receipts/{receipt_hash(LETTERS)}/unsubscribe", {"purpose": "advertising"})["url"].rsplit("/", 1)[1]
LETTER = {"kind": "access", "by": "letter", "sender": "A. Sender", "text": "What do you know of me?"}
NUMBER = officer("requests", LETTER)["number"]


@schemathesis.auth(refresh_interval=None)
class Office:
    def get(self, case, _):
        if case.path.endswith("/confirm"):
            return SECOND
        return ENDED if case.method.upper() == "DELETE" else TOKEN

    def set(self, case, token, _):
        if case.path.startswith(OFFICE):
            case.headers["Authorization"] = "Bearer " + token


# Each with one that is not there.
PLACES = {
    "site": [SITE, "nobody"],
    "number": [NUMBER, "AAAA-AAAA-AAAA"],
    "token": [LINK, "AAAA"],
    "act": [ACT, "20000101-00000000"],
    "edition": [BUNDLE.all["edition"], "1999-01-01"],
    "hash": [receipt_hash(DISCLOSED), receipt_hash(LOGGED), "47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU"],
    "field": ["cv", "name", "nobody"],
    "path": ["entries/000.p/1", "0/000.p/1", "7/x123/456", "0/000"],
    "file": [*known([f"/s/{SITE}/raspiska.js", f"/policy/{SITE}"]), "verify.py", "acts.js", "later.js", "nothing.js"],
}


# What is right, by the name of its schema.
BODIES = {
    "Withdrawal": {"receipt": receipt_hash(OPENED), "code": CODE},
    "Asked": {"receipt": receipt_hash(DISCLOSED), "code": CODE},
    "Brought": LETTER,
    "LinkFor": {"purpose": "advertising"},
    "Stepping": {"step": "take"},
    "Login": LOGIN,
    "Reading": {"purpose": "contact", "reason": "a test"},
    "Told": {"by": "letter"},
    "Wish": {"reason": "a test"},
    "OpeningAsked": CONFIRM,
    "Ordered": {"receipts": [receipt_hash(NEEDLESS)], "reason": "withdrawal"},
    "Tool": {"tool": "a tool", "certificate": "1", "result": "nothing found"},
    "Stated": {"kind": "purpose_reached", "receipt": receipt_hash(DISCLOSED)},
}


# And where the same schema needs something else.
RIGHT_FOR = {
    "/v1/office/sites/{site}/receipts/{hash}" + FILES: {"purpose": "candidate"},
    "/v1/office/sites/{site}/evidence/acts": {"receipts": [receipt_hash(UNLAWFUL)], "reason": "unlawful"},
}


@schemathesis.hook
def before_load_schema(_, description):
    sent = description["components"]["schemas"]["Withdrawal"]["properties"]
    sent["receipt"] = {"anyOf": [{"enum": [receipt_hash(OPENED), receipt_hash(LOGGED)]}, sent["receipt"]]}
    sent["code"] = {"anyOf": [{"enum": [CODE]}, sent["code"]]}
    for path, operations in description["paths"].items():
        of = {"/withdrawal": UNWANTED, "/unsubscribe": LETTERS, "/ask": ASKED, "/confirm": CONFIRMED, "/read": OPEN}
        about = of.get(path[path.rfind("/") :])
        places = {**PLACES, "hash": [receipt_hash(about)]} if about else PLACES
        if path.endswith(FILES):
            places = {**places, "hash": [receipt_hash(APPLIED), *PLACES["hash"]]}
        for operation in operations.values():
            for parameter in operation.get("parameters", []):
                if parameter["in"] == "path":
                    parameter["schema"]["enum"] = places[parameter["name"]]
            for media_type, body in operation.get("requestBody", {}).get("content", {}).items():
                if media_type == SD_JWT:
                    body["schema"]["format"] = "receipt"
                elif media_type == "text/plain":
                    body["schema"]["format"] = "counts"
                elif media_type == "application/octet-stream":
                    body["schema"]["format"] = "file"
                else:
                    name = body["schema"]["$ref"].rsplit("/", 1)[1]
                    known = {**BODIES[name], **RIGHT_FOR.get(path, {})}
                    body["examples"] = {"known": {"value": known}}
