// The report: a table in the console, and the same as text in a corner of the page.
const sheet = ":host{all:initial!important;position:fixed!important;z-index:2147483001!important;right:16px!important;top:16px!important;display:block!important}" +
  "section{box-sizing:border-box;width:480px;max-width:calc(100vw - 32px);max-height:calc(100vh - 32px);overflow:auto;padding:16px;border-radius:12px;" +
  "background:#16181d;color:#f2f3f5;font:14px/20px system-ui,sans-serif;box-shadow:0 8px 32px #0006}h2{margin:0 0 8px;font-size:16px}" +
  "pre{margin:0;font:12px/18px ui-monospace,monospace;white-space:pre-wrap;overflow-wrap:anywhere}button{margin:12px 8px 0 0;padding:6px 12px;border:0;" +
  "border-radius:8px;background:#f2f3f5;color:#16181d;font:inherit;cursor:pointer}button:focus-visible{outline:2px solid #8ab4ff;outline-offset:2px}@media print{:host{display:none!important}}";

const make = (tag, text) => Object.assign(document.createElement(tag), { textContent: text });
const panel = make("raspiska-watch", "");
const text = make("pre", words.nothing);
const copy = make("button", words.copy);
const close = make("button", words.close);
const card = make("section", "");
card.setAttribute("aria-label", words.title);
card.lang = lang;
card.append(make("h2", words.title), text, copy, close);
const root = panel.attachShadow({ mode: "open" });
const style = new CSSStyleSheet();
style.replaceSync(sheet);
root.adoptedStyleSheets = [style];
root.append(card);

copy.onclick = () => navigator.clipboard.writeText(text.textContent).then(() => {
  copy.textContent = words.copied;
}, () => window.getSelection().selectAllChildren(text));

const written = () => {
  const all = Array.from(findings.values());
  const kinds = Array.from(new Set(all.map(({ kind }) => kind)));
  const parts = kinds.map((kind) => words[kind] + ":\n" +
    all.filter((one) => one.kind === kind).map(({ what, who }) => "  " + what + (who ? " (" + who + ")" : "")).join("\n"));
  if (kinds.includes("undeclared")) parts.push(words.lines + ":\n\n" + lines());
  return parts.join("\n\n");
};

let told = 0;
let shown = true;
const report = () => look().then(() => {
  if (shown && document.body && !panel.isConnected) document.body.append(panel);
  if (findings.size === told) return;
  told = findings.size;
  text.textContent = written();
  console.table(Array.from(findings.values(), ({ kind, what, who }) => ({ [words.title]: words[kind], what, who })));
}).catch(complain);

// A page goes on loading, and storage tells nobody of its changes.
const timer = setInterval(report, 1000);
close.onclick = () => {
  shown = false;
  clearInterval(timer);
  panel.remove();
};
report();
