// Checks all of a receipt file, as receipt-file.md says, without a network. Usage: node verify.mjs FILE [--vkey KEY]
// KEY is the log's verifier key, from a source that you trust. Needs Node 20, the package `jose`, and formats.json beside it.
import { createHash, verify as verifies } from "node:crypto";
import { readFileSync, realpathSync } from "node:fs";
import { calculateJwkThumbprint, compactVerify, importJWK } from "jose";
const FORMATS = JSON.parse(readFileSync(new URL("formats.json", import.meta.url), "utf8")); // the tables of the pages, as patterns

async function check(kind, sentence, work) { // gives what `work` finds; where it finds nothing, or cannot go on, the file does not hold
  const found = await (async () => work())().catch(() => null);
  if (!found) throw new Error(`Does not hold (${kind}): it is not so that ${sentence}.`);
  return console.log("ok:", sentence) ?? found;
}
const match = (pattern, text) => new RegExp(`^(?:${pattern})$`, "s").exec(text)?.slice(1);
const sha256 = (...data) => createHash("sha256").update(Buffer.concat(data.map((one) => Buffer.from(one)))).digest();
const digest = (text) => sha256(text).toString("base64url");
const unbase64 = (text) => Buffer.from(text, "base64"); // of either alphabet; FORMATS has their spelling
const utf8 = (data) => new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(data);
const isInteger = (digits) => /^(0|-?[1-9]\d*)$/.test(digits) && -(2n ** 63n) <= BigInt(digits) && BigInt(digits) < 2n ** 64n;
function readJson(data, name, order) { // receipt.md, JSON
  let [text, names, depth] = [utf8(data), [], 0];
  const value = JSON.parse(text, function (key, one) { Array.isArray(this) || names.push(key); return one; });
  const [strings, bare] = [text.match(/"([^"\\]|\\.)*"/g) ?? [], text.replace(/"([^"\\]|\\.)*"/g, "")]; // in `bare`, a colon is for a member
  return bare.split(":").length === names.length && (bare.match(/[-\d][^,\]}\s]*/g) ?? []).every(isInteger) && fits(value, FORMATS[name], order)
    && !names.includes("...") && names.filter((one) => one === "_sd").length <= Object.hasOwn(value, "_sd")
    && strings.every((it) => JSON.parse(it).isWellFormed()) && [...bare].every((mark) => (depth += "[{".includes(mark) - "]}".includes(mark)) <= 127) && value;
}
function fits(value, shape, order) { // a member with ? may be absent; `order`: the members have it, and there are no others
  if (typeof value !== typeof shape || Array.isArray(value) !== Array.isArray(shape)) return false;
  if (typeof shape !== "object") return shape === 0 ? value >= 0 : match(FORMATS.words[shape] ?? shape, Buffer.from(value).toString("latin1")); // of bytes
  if (shape.length === 1) return value.every((one) => fits(one, shape[0]));
  return (!order || order(Object.keys(value)) === order(Object.keys(shape))) && Object.keys(shape).every((name) =>
    (name.endsWith("?") && !Object.hasOwn(value, name.slice(0, -1))) || fits(value[name.replace("?", "")], shape[name], order));
}
const isStrong = (...points) => !points.some((it) => FORMATS.weak.includes(Buffer.of(...unbase64(it).subarray(0, 31), unbase64(it)[31] % 128).toString("hex")));
function climb(entry, index, size, path) { // log.md, Tree; from level `inner` on, what is beside is on the left
  const inner = (index ^ (size - 1n)).toString(2).replace(/^0/, "").length;
  return index < size && path.length === inner + (index >> BigInt(inner)).toString(2).replaceAll("0", "").length && path.map(unbase64).reduce(
    (node, beside, level) => sha256([1], ...(level >= inner || (index >> BigInt(level)) & 1n ? [beside, node] : [node, beside])), sha256([0], unbase64(entry)));
}

export async function verify(data, trusted) { // first the file and its receipt: receipt.md, steps 1 to 6
  await check("too-large", "the file has at most 1 MiB", () => data.length <= 2 ** 20);
  const file = await check("file", "it is spelled as a receipt file", () => JSON.stringify(JSON.parse(data)) === utf8(data) && readJson(data, "file", String));
  await check("too-large", "the receipt has at most 32768 bytes", () => Buffer.byteLength(file.receipt) <= 32768);
  const [token, header, body, signature, disclosed] = await check("form", "the receipt has all its parts", () => match(FORMATS.receipt, file.receipt));
  const { jwk } = await check("header", "its header is the one of a receipt", () => readJson(unbase64(header), "header", (names) => `${names.sort()}`));
  await check("signature", "the key in the header signed it", async () => isStrong(jwk.x, signature) && compactVerify(token, await importJWK(jwk, "EdDSA")));
  const payload = await check("payload", "its payload is the one of a receipt", () => readJson(unbase64(body), "payload"));
  const { aud, decisions, event, notice, policy, _sd: digests = [] } = payload;
  const states = new Map(decisions.map(({ purpose, state }) => [purpose, state]));
  const act = [event.by + ("of" in payload ? " of" : ""), event.method, ...states.values()].join(" ");
  await check("payload", "its decisions are possible", () => match(FORMATS.event, act) && states.size === decisions.length && (payload._sd_alg || !digests[0]));
  await check("payload", "its gate's times go on", () => (payload.client?.gate?.match(/\d+\n/g) ?? []).every((at, n, all) => !(+all[n - 1] > +at)));
  await check("subject", "its subject is the key's thumbprint", async () => (await calculateJwkThumbprint(jwk)) === payload.sub);
  const values = await check("disclosure", "its values were signed", () => new Set(digests).size === digests.length && new Map(disclosed.split("~")
    .slice(0, -1).map((part) => digests.includes(digest(part)) && match(FORMATS.base64url, part) && readJson(unbase64(part), "disclosure", String).slice(1))));
  await check("disclosure", "names are unique", () => values.size === disclosed.split("~").length - 1 && !Object.keys(payload).some((it) => values.has(it)));
  await check("notice-text", "the text is the signed one", () => digest(file.notice.text) === notice.sha256 && file.notice.lang === notice.lang);
  const [name, id, key] = await check("vkey", "the log's key is well-formed", () => match(FORMATS.vkey, file.log.vkey));
  await check("vkey", "it is expected", () => [undefined, file.log.vkey].includes(trusted) && sha256(name, "\n", unbase64(key)).toString("hex", 0, 4) === id);
  const [extra, index, path, note] = await check("proof", "the proof has all its parts", () => match(FORMATS.proof, file.proof));
  const [site, logged, millis] = await check("entry", "it has an entry of the log", () => match(FORMATS.entry, utf8(unbase64(extra))));
  const [text, lines] = await check("note", "it has a signed note", () => Buffer.byteLength(note) <= 65536 && match(FORMATS.note, note));
  const log = { key: { ...jwk, x: unbase64(key).toString("base64url", 1) }, format: "jwk" };
  const blobs = lines.split("\n").filter((line) => line.startsWith(`— ${name} `)).map((line) => unbase64(line.split(" ")[2]));
  const own = blobs.filter((blob) => blob.toString("hex", 0, 4) === id).map((blob) => blob.subarray(4));
  await check("note-signature", "the log signed it", () => own[0] && own.every((one) => isStrong(log.key.x, one) && verifies(null, text, log, one)));
  const [size, root] = await check("checkpoint", "it is a checkpoint of the log", () => text.startsWith(`${name}\n`) && match(FORMATS.checkpoint, text));
  await check("proof", "its numbers are below 2^64", () => [index, size, millis].every(isInteger));
  await check("entry", "the entry is of this receipt and site", () => unbase64(logged).equals(sha256(token)) && site === name.split("/").at(-1));
  await check("inclusion", "the path leads to its root", () => climb(extra, BigInt(index), BigInt(size), path.match(/.+/g) ?? []).equals(unbase64(root)));
  const said = { edition: policy.edition, url: `https://${aud}/policy/${site}/${policy.edition}`, sha256: policy.sha256 };
  await check("policy-ref", "the policy is the one that was signed", () => JSON.stringify(file.policy) === JSON.stringify(said));
  return [aud, ...states, ...values, `logged at ${millis} ms as entry ${index} of ${file.log.vkey}`];
}

if (process.argv[1] && realpathSync(process.argv[1]) === import.meta.filename) { // not where it is imported
  const [, , file, flag, trusted] = process.argv;
  console.log("The receipt holds.", await verify(readFileSync(file), flag && `${trusted}`).catch(({ message }) => process.exit(console.error(message) ?? 1)));
}
