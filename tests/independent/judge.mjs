// www/spec/verify.mjs over many inputs in one process; see judge.py.
//
// Usage: node judge.mjs VERIFY_MJS

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

async function judge({ what, trusted, vkey, receipt }, data) {
  try {
    if (what === "file") await verifier.verify(data, trusted ?? null);
    else if (what === "receipt") await verifier.openReceipt(data.toString());
    else if (what === "vkey") verifier.readVkey(data.toString());
    else if (what === "note") verifier.openNote(data.toString(), verifier.readVkey(vkey));
    else if (what === "proof") {
      verifier.checkProof(data.toString(), verifier.readVkey(vkey), Buffer.from(receipt, "base64url"));
    } else signature(data);
    return "ok";
  } catch (error) {
    if (error instanceof verifier.Wrong) return error.kind;
    throw error;
  }
}

function flipped(data, [at, mask]) {
  const copy = Buffer.from(data);
  copy[at] ^= mask;
  return copy;
}

for await (const line of createInterface({ input: process.stdin })) {
  const said = JSON.parse(line);
  const data = Buffer.from(said.bytes, "base64");
  const kinds = [];
  for (const one of said.flips?.map((flip) => flipped(data, flip)) ?? [data]) kinds.push(await judge(said, one));
  console.log(JSON.stringify(kinds));
}
