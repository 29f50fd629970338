#!/usr/bin/env node
// Checks a receipt file (receipt-file.md) or the folder of an evidence pack (evidence-pack.md), without a network.
//
// Usage: node confirm.mjs FILE|FOLDER [--vkey KEY]     KEY: the log's verifier key, from a source that you trust

import { createHash, createPublicKey, verify as holds } from "node:crypto";
import { readFileSync, realpathSync, statSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

// Where the package `jose` is installed it checks the receipt's signature; Node's own cryptography does otherwise.
const jose = await import("jose").catch(() => null);

// Shapes of JSON: a pattern for a string, a list of one shape, an object; a member with ? may be absent.
const DIGEST = /^[\w-]{42}[AEIMQUYcgkosw048]$/; // 32 bytes in base64url
const TEXT = /^/;
const SOME = /^[^]/;
const LANG = /^(ru|en)$/;
const FILE = {
  receipt: TEXT, proof: TEXT, notice: { lang: LANG, text: TEXT },
  policy: { edition: TEXT, url: TEXT, sha256: DIGEST }, log: { vkey: TEXT },
};
const HEADER = {
  alg: /^(EdDSA|Ed25519)$/, jwk: { crv: /^Ed25519$/, kty: /^OKP$/, x: DIGEST }, typ: /^consent-receipt\+sd-jwt$/,
};
const PAYLOAD = {
  schema: /^urn:raspiska:receipt:1$/, iat: Number, aud: SOME, sub: DIGEST,
  jti: /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
  category: /^(candidate|site_user|customer_client|(customer|partner|supplier)_representative)$/,
  policy: { edition: SOME, sha256: DIGEST }, notice: { id: SOME, lang: LANG, sha256: DIGEST },
  decisions: [{ purpose: /^(?!.{65})[a-z][a-z0-9_-]*(\/[a-z][a-z0-9_-]*)?$/, state: TEXT }],
  event: { by: TEXT, method: TEXT }, "prev?": DIGEST, "of?": DIGEST, "withdrawal?": { code_sha256: DIGEST },
  "_sd?": [DIGEST], "_sd_alg?": /^sha-256$/,
  "client?": {
    "page?": /^[^?#]*$/, "version?": TEXT, "wasm_sha256?": DIGEST, "account?": DIGEST,
    "gate?": /^((held|let|once) (?=[^ ]{1,64} )[a-z][a-z0-9_-]*(\/[a-z][a-z0-9_-]*)? (0|[1-9]\d{0,7})\n)+$/,
  },
};
const EVENT = new RegExp(
  "^((subject|representative) (give-all given|(refuse-all|withdraw) (refused|withdrawn)" +
    "|(choices|form) (given|refused|withdrawn))|operator (code|letter|call|expiry|erasure) withdrawn)$",
);
const CONTROL = /(?!\n)\p{Cc}/u;
const NAME = /^[^\p{White_Space}\p{Cc}+]+$/u;

const P = 2n ** 255n - 19n;
const L = 2n ** 252n + 27742317777372353535851937790883648493n;
const D = mod(-121665n * power(121666n, P - 2n));
const Y8 = 2707385501144840649318225287225658788936804267575313519463743609750303402022n;
const SMALL = [0n, 1n, P - 1n, Y8, P - Y8]; // the y of the eight points of small order

/** What does not hold: its kind and a sentence. */
export class Wrong extends Error {
  constructor(kind, sentence) {
    super(sentence);
    this.kind = kind;
  }
}

/** Whatever fails within is this failure, unless it is a more exact one. */
function step(kind, sentence, work) {
  try {
    return work();
  } catch (error) {
    throw error instanceof Wrong ? error : new Wrong(kind, sentence);
  }
}

function need(holds) {
  if (!holds) throw new Error();
}

const sha256 = (data) => createHash("sha256").update(data).digest();
const b64url = (data) => data.toString("base64url");
const bytes = (text) => Buffer.byteLength(text);

/** The bytes of the one spelling in `encoding`. */
function decoded(text, encoding, length) {
  const data = Buffer.from(text, encoding);
  need(data.toString(encoding) === text && (length ?? data.length) === data.length);
  return data;
}

function decimal(text) {
  need(/^(0|[1-9]\d{0,19})$/.test(text) && BigInt(text) < 2n ** 64n);
  return BigInt(text);
}

function utf8(data) {
  return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(data);
}

/** receipt.md, JSON: members once, integers of 64 bits, at most 127 deep, `_sd` at the top only. */
function strictJson(data) {
  const text = utf8(data);
  const value = JSON.parse(text);
  const open = [];
  let before;
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"|[{}[\]:]|[-+.\w]+/g)) {
    if (token === "{" || token === "[") need(open.push(new Set()) <= 127);
    else if (token === "}" || token === "]") open.pop();
    else if (token[0] === '"') need(!/\p{Cs}/u.test(JSON.parse(token))); // no half characters
    else if (token === ":") {
      const name = JSON.parse(before);
      need(!open.at(-1).has(name) && name !== "..." && (name !== "_sd" || open.length === 1));
      open.at(-1).add(name);
    } else if (/^[-\d]/.test(token)) {
      need(/^(0|-?[1-9]\d*)$/.test(token) && -(2n ** 63n) <= BigInt(token) && BigInt(token) < 2n ** 64n);
    }
    before = token;
  }
  need(text.trimStart()[0] === "{");
  return value;
}

/** Has the value this shape? `exact`: and no other members. */
function fits(value, shape, exact = false) {
  if (shape === Number) return typeof value === "number" && value >= 0;
  if (shape instanceof RegExp) return typeof value === "string" && shape.test(value);
  if (Array.isArray(shape)) return Array.isArray(value) && value.every((one) => fits(one, shape[0], exact));
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  if (exact && Object.keys(value).some((name) => !Object.hasOwn(shape, name))) return false;
  return Object.keys(shape).every((key) => {
    const name = key.replace("?", "");
    return Object.hasOwn(value, name) ? fits(value[name], shape[key], exact) : name !== key;
  });
}

function mod(number) {
  return ((number % P) + P) % P;
}

function power(base, exponent) {
  let result = 1n;
  for (; exponent > 0n; exponent >>= 1n, base = mod(base * base)) if (exponent & 1n) result = mod(result * base);
  return result;
}

/** A number of 32 bytes, the least one first. */
const number = (data) => BigInt("0x" + Buffer.from(data).reverse().toString("hex"));

function onCurve(key) {
  const y = number(key) % 2n ** 255n;
  need(power(mod((y * y - 1n) * (D * y * y + 1n)), (P - 1n) / 2n) <= 1n); // x² = u/v has a root
  return key;
}

/** receipt.md, step 3. OpenSSL, too, wants s reduced and compares R as bytes; points of small order it takes. */
export function checkSignature(key, signature, message) {
  need(signature.length === 64 && number(signature.subarray(32)) < L);
  for (const point of [key, signature.subarray(0, 32)]) need(!SMALL.includes((number(point) % 2n ** 255n) % P));
  const jwk = { crv: "Ed25519", kty: "OKP", x: b64url(key) };
  need(holds(null, message, createPublicKey({ key: jwk, format: "jwk" }), signature));
}

/** receipt.md, steps 1 to 6: the payload, the receipt's hash and the disclosed values. */
export async function openReceipt(text) {
  if (bytes(text) > 32768) throw new Wrong("too-large", "the receipt has more than 32768 bytes");
  const [token, ...disclosures] = text.split("~");
  const parts = step("form", "not header.payload.signature~ with disclosures", () => {
    need(disclosures.pop() === "" && disclosures.every(Boolean) && disclosures.length <= 64);
    const parts = token.split(".").map((part) => decoded(part, "base64url"));
    need(parts.length === 3 && parts.every((part) => part.length > 0) && parts[2].length === 64);
    return parts;
  });
  const jwk = step("header", "the header is not the one of a receipt", () => {
    const header = strictJson(parts[0]);
    need(fits(header, HEADER, true));
    onCurve(decoded(header.jwk.x, "base64url"));
    return header.jwk;
  });
  step("signature", "the signature does not verify", () => {
    checkSignature(decoded(jwk.x, "base64url"), parts[2], token.slice(0, token.lastIndexOf(".")));
  });
  await jose?.compactVerify(token, await jose.importJWK(jwk, "EdDSA")).catch(() => {
    throw new Wrong("signature", "the signature does not verify");
  });
  const payload = step("payload", "the payload is not the one of a receipt", () => {
    const payload = strictJson(parts[1]);
    need(fits(payload, PAYLOAD));
    const { client = {}, event, decisions } = payload;
    const short = [payload.aud, payload.policy.edition, payload.notice.id, client.version ?? ""];
    need(short.every((text) => bytes(text) <= 255) && bytes(client.page ?? "") <= 2048);
    const gate = client.gate ?? "";
    const times = Array.from(gate.matchAll(/\d+(?=\n)/g), Number);
    need(gate.length <= 2048 && times.every((time, at) => time <= 86400000 && !(times[at - 1] > time)));
    need(decisions.length >= 1 && decisions.length <= 64);
    need(new Set(decisions.map((decision) => decision.purpose)).size === decisions.length);
    need(decisions.every((decision) => EVENT.test(`${event.by} ${event.method} ${decision.state}`)));
    need("of" in payload === (event.by === "operator") && ("_sd_alg" in payload || !payload._sd?.length));
    return payload;
  });
  step("subject", "the subject is not the key that signed", () => {
    need(b64url(sha256(JSON.stringify({ crv: jwk.crv, kty: jwk.kty, x: jwk.x }))) === payload.sub);
  });
  const values = step("disclosure", "a disclosure does not belong to the receipt", () => {
    const digests = new Set(payload._sd);
    const values = new Map();
    need(digests.size === (payload._sd ?? []).length);
    for (const disclosure of disclosures) {
      const array = JSON.parse(utf8(decoded(disclosure, "base64url")));
      need(fits(array, [TEXT]) && array.length === 3 && !/\p{Cs}/u.test(array.join(" ")));
      const [salt, name, value] = array;
      need(decoded(salt, "base64url").length >= 16 && digests.has(b64url(sha256(disclosure))));
      need(!["_sd", "...", ...Object.keys(payload), ...values.keys()].includes(name));
      values.set(name, value);
    }
    return values;
  });
  return { payload, receipt: sha256(token), values };
}

/** log.md, Note: name, key id and key. */
export function readVkey(text) {
  return step("vkey", "not a verifier key", () => {
    const [, name, id, material] = /^([^+]*)\+([^+]*)\+([^]*)$/.exec(text);
    const raw = decoded(material, "base64", 33);
    need(NAME.test(name) && raw[0] === 1);
    need(sha256(Buffer.concat([Buffer.from(name + "\n"), raw])).toString("hex", 0, 4) === id);
    return { name, id, key: onCurve(raw.subarray(1)) };
  });
}

/** log.md, Note: the text that the key signed. */
export function openNote(note, vkey) {
  return step("note", "not a signed note", () => {
    const at = note.lastIndexOf("\n\n");
    const [text, lines] = [note.slice(0, at + 1), note.slice(at + 2).split("\n")];
    need(at >= 0 && bytes(note) <= 65536 && !CONTROL.test(note) && lines.pop() === "" && lines.length > 0);
    let verified = false;
    for (const [count, line] of lines.entries()) {
      const [dash, name, blob, ...more] = line.split(" ");
      const raw = decoded(blob, "base64");
      need(dash === "\u2014" && more.length === 0 && NAME.test(name) && count < 64 && raw.length >= 5);
      if (name !== vkey.name || raw.toString("hex", 0, 4) !== vkey.id) continue;
      step("note-signature", "the log's signature does not verify", () => checkSignature(vkey.key, raw.subarray(4), text));
      verified = true;
    }
    step("note-signature", "the log's key did not sign the checkpoint", () => need(verified));
    return text;
  });
}

/** log.md, Proof: site, time and index of the entry. */
export function checkProof(proof, vkey, receipt) {
  const { checkpoint, entry, index, path } = step("proof", "not a proof", () => {
    const at = proof.indexOf("\n\n");
    const [label, extra, index, ...path] = proof.slice(0, at).split("\n");
    need(at >= 0 && label === "c2sp.org/tlog-proof@v1" && path.length <= 64);
    need(extra.startsWith("extra ") && index.startsWith("index "));
    return {
      checkpoint: proof.slice(at + 2),
      entry: decoded(extra.slice(6), "base64"),
      index: decimal(index.slice(6)),
      path: path.map((line) => decoded(line, "base64", 32)),
    };
  });
  const { site, millis } = step("entry", "the log entry is not the one of this receipt", () => {
    const [version, site, logged, millis, ...end] = utf8(entry).split("\n");
    need(version === "raspiska/entry/v1" && site !== "" && !CONTROL.test(site) && end.length === 1 && end[0] === "");
    need(decoded(logged, "base64", 32).equals(receipt));
    return { site, millis: decimal(millis) };
  });
  const text = openNote(checkpoint, vkey);
  const { size, root } = step("checkpoint", "not a checkpoint of this log", () => {
    const [origin, size, root, ...end] = text.split("\n");
    need(origin === vkey.name && end.length === 1 && end[0] === "");
    return { size: decimal(size), root: decoded(root, "base64", 32) };
  });
  step("entry", "the log entry is of another site", () => need(site === vkey.name.split("/").at(-1)));
  step("inclusion", "the proof does not lead from the entry to the checkpoint", () => {
    need(index < size);
    let [node, last, reached] = [index, size - 1n, sha256(Buffer.concat([Buffer.from([0]), entry]))];
    for (const sibling of path) {
      need(last > 0n);
      const odd = node % 2n === 1n;
      const fromLeft = odd || node === last;
      reached = sha256(Buffer.concat([Buffer.from([1]), ...(fromLeft ? [sibling, reached] : [reached, sibling])]));
      while (fromLeft && node !== 0n && node % 2n === 0n) [node, last] = [node >> 1n, last >> 1n];
      [node, last] = [node >> 1n, last >> 1n];
    }
    need(last === 0n && reached.equals(root));
  });
  return { site, millis, index };
}

/** receipt-file.md, all steps: the payload, the disclosed values, the entry's time and index, and the file. */
export async function verify(data, trusted = null) {
  if (data.length > 1048576) throw new Wrong("too-large", "the file has more than 1 MiB");
  const file = step("file", "not a receipt file", () => {
    const text = utf8(data);
    const file = JSON.parse(text);
    // Members in this order, and \u for control characters only.
    const names = [...Object.keys(FILE), ...Object.values(FILE).flatMap(Object.keys)];
    need(fits(file, FILE, true) && JSON.stringify(file, names) === text && /^([^\\]|\\[^u]|\\u00)*$/.test(text));
    return file;
  });
  const { payload, receipt, values } = await openReceipt(file.receipt);
  step("notice-text", "the notice is not the one that was signed", () => {
    need(b64url(sha256(file.notice.text)) === payload.notice.sha256 && file.notice.lang === payload.notice.lang);
  });
  const vkey = readVkey(file.log.vkey);
  step("vkey", "another key than the expected one", () => need(trusted === null || trusted === file.log.vkey));
  const { site, millis, index } = checkProof(file.proof, vkey, receipt);
  step("policy-ref", "the policy's reference is not the one that was signed", () => {
    const { edition, sha256 } = payload.policy;
    need(file.policy.edition === edition && file.policy.sha256 === sha256);
    need(file.policy.url === `https://${payload.aud}/policy/${site}/${edition}`);
  });
  return { payload, values, millis, index, file };
}

/** evidence-pack.md: what the receipt proves, and what each later one about its purposes does. */
export async function verifyPack(folder, trusted = null) {
  const listed = step("pack", "there is no manifest.sha256 that sha256sum would read", () => {
    const lines = utf8(readFileSync(join(folder, "manifest.sha256"))).split("\n");
    need(lines.pop() === "");
    return new Map(lines.map((line) => /^([0-9a-f]{64})  (.+)$/.exec(line).slice(1).reverse()));
  });
  const read = new Map();
  for (const [name, digest] of listed) {
    step("pack", `${name} is not the file that was packed`, () => {
      read.set(name, readFileSync(join(folder, name)));
      need(sha256(read.get(name)).toString("hex") === digest);
    });
  }
  const together = (work) => step("pack", "its files do not belong together", work);
  const report = await verify(together(() => read.get("receipt.json").subarray()), trusted);
  const { payload, file } = report;
  const keys = together(() => {
    const keys = JSON.parse(utf8(read.get("keys.json")));
    need(read.get("receipt.tlog-proof").equals(Buffer.from(file.proof)) && keys.log === file.log.vkey);
    need(read.get(`notice.${file.notice.lang}.md`).equals(Buffer.from(file.notice.text)));
    const policies = [...read].filter(([name]) => name.startsWith("policy.")).map(([, text]) => b64url(sha256(text)));
    need(policies.includes(payload.policy.sha256));
    return keys;
  });
  const reports = [report];
  for (const name of [...read.keys()].filter((name) => name.startsWith("later/")).sort()) {
    reports.push(await verify(read.get(name), keys.log));
  }
  together(() => {
    need(reports.every(({ payload }) => payload.sub === keys["of" in payload ? "operator" : "subject"]));
    need(reports.every(({ index }, at) => at === 0 || reports[at - 1].index < index));
  });
  return reports;
}

function describe({ payload, values, millis, index, file }) {
  const moment = (millis) => new Date(Math.min(Number(millis), 8.64e15)).toISOString();
  const decided = payload.decisions.map(({ purpose, state }) => `${purpose}: ${state}`).join(", ");
  return [
    `${payload.aud}, ${decided}; by ${payload.event.by}, ${payload.event.method}`,
    `signed ${moment(payload.iat * 1000)}, logged ${moment(millis)} as entry ${index}`,
    `the text that was shown: ${file.notice.text.replace(/^[# \n]+/, "").split("\n")[0]}`,
    ...[...values].map(([name, value]) => `${name}: ${value}`),
  ].map((line) => "\n  " + line.replace(/\p{Cc}/gu, "\ufffd"));
}

async function main(name, trusted = null) {
  try {
    const pack = statSync(name).isDirectory();
    const reports = pack ? await verifyPack(name, trusted) : [await verify(readFileSync(name), trusted)];
    const more = reports.length > 1 ? `, and ${reports.length - 1} later about the same` : "";
    console.log(`The receipt holds${more}.\n${reports.map((report) => describe(report).join("")).join("\n")}`);
    if (trusted === null) {
      console.log("\nThe log's key came from the file. Compare it with the operator's, or give that with --vkey:");
      console.log("  " + reports[0].file.log.vkey);
    }
  } catch (error) {
    console.error(error instanceof Wrong ? `Does not hold (${error.kind}): ${error.message}.` : `Not checked: ${error.message}`);
    process.exitCode = 1;
  }
}

if (process.argv[1] && import.meta.url === pathToFileURL(realpathSync(process.argv[1])).href) {
  const [, , name, flag, vkey] = process.argv;
  if (name && (process.argv.length === 3 || (flag === "--vkey" && process.argv.length === 5))) await main(name, vkey);
  else console.error("Usage: node confirm.mjs FILE|FOLDER [--vkey KEY]");
}
