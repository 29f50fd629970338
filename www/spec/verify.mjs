// Checks a receipt file as receipt-file.md says. Needs Node 20, the package `jose` and formats.json, and no network.
// Usage: node verify.mjs FILE [--vkey KEY]     KEY: the log's verifier key, from a source that you trust
import { createHash, createPublicKey, verify as holds } from "node:crypto";
import { readFileSync, realpathSync } from "node:fs";
import { calculateJwkThumbprint, compactVerify, importJWK } from "jose";
const raw = readFileSync(new URL("formats.json", import.meta.url), "utf8");
const FORMATS = JSON.parse(raw.replace(/<(\w+)>/g, (_, it) => JSON.stringify(JSON.parse(raw).words[it]).slice(1, -1)));
const step = async (kind, work) => (await (async () => work())().catch(() => null)) || Promise.reject(new Error(kind));
const match = (pattern, text) => new RegExp(`^(?:${pattern})$`, "s").exec(text)?.slice(1);
const sha256 = (...data) => createHash("sha256").update(Buffer.concat(data.map((one) => Buffer.from(one)))).digest();
const digest = (text) => sha256(text).toString("base64url");
const unbase64 = (text) => Buffer.from(text, "base64"); // of either alphabet
const utf8 = (data) => new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(data);
const isWeak = (point) => FORMATS.weak.includes(Buffer.of(...point.subarray(0, 31), point[31] % 128).toString("hex"));
function readJson(encoded, name, exact) { // receipt.md, JSON
  let [text, names, depth] = [utf8(unbase64(encoded)), [], 0];
  const value = JSON.parse(text, function (key, one) { Array.isArray(this) || names.push(key); return one; });
  const bare = text.replace(RegExp(FORMATS.words.string, "g"), ""); // a colon for each member, a bracket for each depth
  return match(FORMATS.json, text) && bare.split(":").length === names.length && fits(value, FORMATS[name], exact)
    && [...bare].every((mark) => (depth += "[{".includes(mark) - "]}".includes(mark)) <= 127)
    && !names.includes("...") && names.filter((key) => key === "_sd").length <= Object.hasOwn(value, "_sd") && value;
}
function fits(value, shape, exact) { // a member with ? may be absent; `exact`: there are no others
  if (typeof value !== typeof shape || Array.isArray(value) !== Array.isArray(shape)) return false;
  if (typeof shape !== "object") return shape === 0 ? value >= 0 : match(shape, Buffer.from(value).toString("latin1"));
  if (shape.length === 1) return value.every((one) => fits(one, shape[0])); // the one shape is for each
  const [names, known] = [Object.keys(value), Object.keys(shape)];
  return (!exact || names.length === known.length) && known.every((name) => name.endsWith("?")
    && !names.includes(name.slice(0, -1)) || fits(value[name.replace("?", "")], shape[name], exact));
}
function climb(node, index, size, path) { // log.md, Tree; from level `inner` on, whatever is beside is on the left
  const inner = (index ^ (size - 1n)).toString(2).replace(/^0/, "").length;
  const turns = (index >> BigInt(inner)).toString(2).replaceAll("0", "").length;
  return index < size && path.length === inner + turns && path.reduce((below, beside, level) =>
    sha256([1], ...(level >= inner || (index >> BigInt(level)) & 1n ? [beside, below] : [below, beside])), node);
}

export async function verify(data, trusted) { // receipt-file.md
  await step("too-large", () => data.length <= 2 ** 20);
  const file = await step("file", () => match(FORMATS.file, utf8(data)) && JSON.parse(data));
  await step("too-large", () => Buffer.byteLength(file.receipt) <= 32768); // receipt.md, steps 1 to 6
  const [token, header, body, signature, disclosed] = await step("form", () => match(FORMATS.receipt, file.receipt));
  const { jwk } = await step("header", () => readJson(header, "header", true));
  await step("signature", async () => ![unbase64(jwk.x), unbase64(signature)].some(isWeak)
    && compactVerify(token, await importJWK(jwk, "EdDSA")));
  const payload = await step("payload", () => readJson(body, "payload"));
  const { aud, decisions, event, notice, policy, _sd: digests = [] } = payload;
  const states = new Map(decisions.map(({ purpose, state }) => [purpose, state]));
  const act = [event.by, ...("of" in payload ? ["of"] : []), event.method, ...states.values()].join(" ");
  await step("payload", () => match(FORMATS.act, act) && states.size === decisions.length
    && ("_sd_alg" in payload || digests.length === 0));
  await step("subject", async () => (await calculateJwkThumbprint(jwk)) === payload.sub);
  const parts = disclosed.split("~").slice(0, -1);
  const values = new Map(await step("disclosure", () => parts.map((it) => readJson(it, "disclosure", true).slice(1))));
  await step("disclosure", () => match(FORMATS.disclosures, disclosed) && values.size === parts.length
    && !["_sd", "...", ...Object.keys(payload)].some((name) => values.has(name))
    && new Set(digests).size === digests.length && parts.every((part) => digests.includes(digest(part))));
  await step("notice-text", () => file.notice.lang === notice.lang && digest(file.notice.text) === notice.sha256);
  const { proof, log: { vkey } } = file;
  const [name, id, key] = await step("vkey", () => [undefined, vkey].includes(trusted) && match(FORMATS.vkey, vkey));
  await step("vkey", () => sha256(name, "\n", unbase64(key)).toString("hex", 0, 4) === id);
  const [entry, index, path, head, origin, size, root, lines] = await step("proof", () => match(FORMATS.proof, proof));
  const [site, logged, millis] = await step("entry", () => match(FORMATS.entry, utf8(unbase64(entry))));
  const own = [...lines.matchAll(/ (.*) (.*)\n/g)].filter((line) => line[1] === name).map((line) => unbase64(line[2]))
    .filter((blob) => blob.toString("hex", 0, 4) === id).map((blob) => blob.subarray(4));
  const logKey = { ...jwk, x: unbase64(key).toString("base64url", 1) };
  await step("note-signature", () => origin === name && own.length > 0 && ![unbase64(logKey.x), ...own].some(isWeak)
    && own.every((signature) => holds(null, head, createPublicKey({ key: logKey, format: "jwk" }), signature)));
  await step("entry", () => unbase64(logged).equals(sha256(token)) && site === name.split("/").at(-1));
  const [leaf, beside] = [sha256([0], unbase64(entry)), path.split("\n").slice(0, -1).map(unbase64)];
  await step("inclusion", () => climb(leaf, BigInt(index), BigInt(size), beside).equals(unbase64(root)));
  await step("policy-ref", () => file.policy.edition === policy.edition && file.policy.sha256 === policy.sha256
    && file.policy.url === `https://${aud}/policy/${site}/${policy.edition}`);
  return [aud, ...decisions, ...values, `logged at ${millis} ms, entry ${index} of ${vkey}`];
}
if (process.argv[1] && realpathSync(process.argv[1]) === import.meta.filename) { // not where it is imported
  const trusted = process.argv.length > 3 ? `${process.argv[4]}` : undefined;
  await verify(readFileSync(process.argv[2]), trusted).then((said) => console.log("The receipt holds:", said),
    ({ message: kind }) => (console.error(`Does not hold (${kind}): ${FORMATS.kinds[kind]}.`), process.exit(1)));
}
