// www/spec/confirm.mjs or verify.mjs over many inputs in one process; see judge.py.
//
// Usage: node judge.mjs PROGRAM

import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";

const verifier = await import(pathToFileURL(process.argv[2]));

function signature(data) {
  try {
    verifier.checkSignature(data.subarray(0, 32), data.subarray(32, 96), data.subarray(96));
  } catch {
    throw new verifier.Wrong("signature", "the signature does not verify");
  }
}

/** Of what confirm.mjs or verify.mjs refused; anything else is a fault of theirs. */
function kindOf(error) {
  const kind = verifier.Wrong ? error.kind : /^Does not hold \((.*?)\)/.exec(error.message)?.[1];
  if (!kind) throw error;
  return kind;
}

/** verify.mjs knows files only: here is one that ends with a notice that nobody signed, if the receipt holds. */
async function openInFile(receipt) {
  const [notice, policy] = [{ lang: "ru", text: "" }, { edition: "", url: "", sha256: "A".repeat(43) }];
  const file = { receipt, proof: "", notice, policy, log: { vkey: "" } };
  await verifier.verify(Buffer.from(JSON.stringify(file))).catch((error) => {
    if (kindOf(error) !== "notice-text") throw error;
  });
}

async function judge({ what, trusted, vkey, receipt }, data) {
  try {
    if (what === "file") await verifier.verify(data, trusted);
    else if (what === "receipt") await (verifier.openReceipt ?? openInFile)(data.toString());
    else if (what === "vkey") verifier.readVkey(data.toString());
    else if (what === "note") verifier.openNote(data.toString(), verifier.readVkey(vkey));
    else if (what === "proof") {
      verifier.checkProof(data.toString(), verifier.readVkey(vkey), Buffer.from(receipt, "base64url"));
    } else signature(data);
    return "ok";
  } catch (error) {
    return kindOf(error);
  }
}

function flipped(data, [at, mask]) {
  const copy = Buffer.from(data);
  copy[at] ^= mask;
  return copy;
}

const answer = console.log;
console.log = () => {}; // verify.mjs says what it has checked; here only kinds are wanted

for await (const line of createInterface({ input: process.stdin })) {
  const said = JSON.parse(line);
  const data = Buffer.from(said.bytes, "base64");
  const kinds = [];
  for (const one of said.flips?.map((flip) => flipped(data, flip)) ?? [data]) kinds.push(await judge(said, one));
  answer(JSON.stringify(kinds));
}
