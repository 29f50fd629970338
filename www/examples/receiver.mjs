// A receiver of Raspiska's webhooks, for Node 20 without packages. It keeps in one file who allows what: read it, make it yours.
//
//   WEBHOOK_SECRET=whsec_… node receiver.mjs PORT FILE        takes deliveries at http://127.0.0.1:PORT/
//   curl 'http://127.0.0.1:PORT/?subject=…&purpose=analytics'   says whether that is allowed: given, or not
//
// The format: www/spec/hooks.md. While the secret changes, WEBHOOK_SECRET may have both, with a space between them.
import { createHmac, timingSafeEqual } from "node:crypto";
import { appendFileSync, existsSync, fsyncSync, openSync, readFileSync } from "node:fs";
import { createServer } from "node:http";

const [port, file] = process.argv.slice(2);
const secrets = (process.env.WEBHOOK_SECRET ?? "").split(" ").map((secret) => {
  if (!secret.startsWith("whsec_")) throw new Error("WEBHOOK_SECRET: give what `raspiska hook secret` printed");
  return Buffer.from(secret.slice("whsec_".length), "base64");
});
const MAX_AGE = 5 * 60; // Seconds. What somebody recorded and sends again is older, or its id is known.
const MAX_BODY = 64 * 1024; // Bytes. 64 decisions take less.

// What was acknowledged, and what follows from it: rebuilt from the file, so that a crash loses neither.
const known = new Set();
const decided = new Map();
for (const line of existsSync(file) ? readFileSync(file, "utf8").split("\n") : []) {
  try {
    take(JSON.parse(line));
  } catch {} // Empty, or torn by a crash: that one was not acknowledged, and comes again.
}
const journal = openSync(file, "a", 0o600);

function take({ id, event }) {
  const { subject, index, decisions = [] } = event.data; // Requests and duties decide nothing: they are in the file, for whoever answers.
  for (const { purpose, state } of decisions) {
    // What was given up and replayed may come late: the log's order counts.
    if (!(decided.get(`${subject} ${purpose}`)?.index > index)) decided.set(`${subject} ${purpose}`, { index, state });
  }
  known.add(id);
}

/** A service, `analytics/counter`, follows its category unless it was decided itself, with it or later. */
function allows(subject, purpose) {
  const [own, category] = [purpose, purpose.split("/")[0]].map((name) => decided.get(`${subject} ${name}`) ?? { index: -1 });
  return (own.index >= category.index ? own : category).state === "given";
}

/** Is one of the signatures ours? Compared in constant time; over the bytes that came, before anything reads them. */
function isSigned(id, timestamp, body, signatures) {
  const of = (secret) => createHmac("sha256", secret).update(`${id}.${timestamp}.`).update(body).digest();
  return signatures.split(" ").some((signature) => {
    const shown = Buffer.from(signature.slice("v1,".length), "base64");
    return signature.startsWith("v1,") && secrets.some((secret) => shown.length === 32 && timingSafeEqual(shown, of(secret)));
  });
}

/** The status to answer with. Anything but 2xx brings the delivery back later. */
function receive(headers, body) {
  const [id, timestamp, signatures] = ["id", "timestamp", "signature"].map((name) => headers[`webhook-${name}`] ?? "");
  if (!isSigned(id, timestamp, body, signatures)) return 401;
  if (!(Math.abs(Date.now() / 1000 - Number(timestamp)) <= MAX_AGE)) return 400;
  if (known.has(id)) return 200;
  const entry = { id, event: JSON.parse(body) };
  appendFileSync(journal, `\n${JSON.stringify(entry)}`);
  fsyncSync(journal); // On the disk before it is acknowledged: after that nobody sends it again.
  take(entry);
  return 204;
}

const server = createServer((request, response) => {
  const asked = new URLSearchParams(request.url.split("?")[1]);
  if (request.method === "GET") return response.end(allows(asked.get("subject"), asked.get("purpose") ?? "") ? "given" : "not given");
  const parts = [];
  let size = 0;
  request.on("data", (part) => ((size += part.length) > MAX_BODY ? request.destroy() : parts.push(part)));
  request.on("end", () => {
    try {
      response.writeHead(receive(request.headers, Buffer.concat(parts))).end();
    } catch (error) {
      response.writeHead(500).end(error.message);
    }
  });
});
server.listen(Number(port), "127.0.0.1", () => console.log("listening", server.address().port));
