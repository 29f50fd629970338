// Files, and what the Wasm says about them.

const script = document.currentScript;
const main = document.getElementById("verify");
const said = JSON.parse(main.dataset.said);
const logs = JSON.parse(main.dataset.logs);

/** Most files at once: more verdicts than that nobody reads on one page. */
const MAX_FILES = 100;

/** Fetched with the page: from here on the network may go away. */
const ready = wasm_bindgen({ module_or_path: script.dataset.wasm });

const sourceOf = (file) => ({ name: file.name, bytes: () => file.slice(0, said.most).arrayBuffer() });

/** A clipboard adds line ends that no file had. */
const sourceOfText = (text) => {
  const bytes = new TextEncoder().encode(text.trim().slice(0, said.most));
  return { name: said.pasted, bytes: () => Promise.resolve(bytes) };
};

/** The report on a file; `trusted` is a verifier key, or empty. */
const check = async (source, trusted) => {
  let bytes;
  try {
    bytes = new Uint8Array(await source.bytes());
  } catch {
    return { verdict: "unchecked", kind: "unread" };
  }
  try {
    const report = JSON.parse(wasm_bindgen.check(bytes, trusted || undefined));
    return report.verdict === "unchecked" ? { ...report, kind: "own-key" } : report;
  } catch {
    return { verdict: "unchecked", kind: "internal" };
  }
};
