// Ways in: dropping, choosing, pasting.

const element = (id) => document.getElementById(id);
const [results, status, input, key, text] = ["results", "said", "file", "key", "text"].map(element);

let latest = [];
/** Only the newest run writes: files of an earlier one may still be on their way from the disk. */
let run = 0;

const verify = async (sources) => {
  const own = ++run;
  latest = sources.slice(0, MAX_FILES);
  const trusted = key.value.trim();
  try {
    await ready;
  } catch {
    status.textContent = said.notLoaded;
    return;
  }
  const nodes = [];
  for (const source of latest) {
    nodes.push(show(source, await check(source, trusted), trusted));
  }
  if (own !== run) {
    return;
  }
  if (nodes.length > 1) {
    nodes.forEach(fold);
  }
  results.replaceChildren(...nodes);
  results.hidden = nodes.length === 0;
  main.classList.toggle("checked", nodes.length > 0);
  status.textContent = summary(nodes, sources.length);
  results.scrollIntoView({ block: "nearest" });
};

/** For those who hear the page, and for lists. */
const summary = (nodes, wanted) => {
  status.className = nodes.length > 1 ? "" : "heard";
  if (nodes.length < 2) {
    return nodes.map((node) => node.querySelector("header").innerText).join();
  }
  const good = nodes.filter((node) => node.dataset.verdict === "holds").length;
  const counted = numbered(said.count, grouped(nodes.length), grouped(good));
  return wanted > nodes.length ? `${counted} ${numbered(said.tooMany, grouped(MAX_FILES))}` : counted;
};

element("drop").addEventListener("click", () => input.click());
input.addEventListener("change", () => {
  if (input.files.length > 0) {
    verify([...input.files].map(sourceOf));
  }
  // The same file chosen again is a change again.
  input.value = "";
});
element("paste").addEventListener("click", () => verify([sourceOfText(text.value)]));
key.addEventListener("change", () => latest.length > 0 && verify(latest));

document.addEventListener("paste", (event) => {
  const { files } = event.clipboardData;
  const typing = event.target === text || event.target === key;
  if (files.length > 0) {
    verify([...files].map(sourceOf));
  } else if (!typing) {
    verify([sourceOfText(event.clipboardData.getData("text"))]);
  }
});

const over = (isOver) => document.body.classList.toggle("over", isOver);
// Both have to be taken, or the browser opens the file itself: HTML, section 6.11.5.
for (const type of ["dragenter", "dragover"]) {
  document.addEventListener(type, (event) => {
    if (event.dataTransfer.types.includes("Files")) {
      event.preventDefault();
      over(true);
    }
  });
}
document.addEventListener("dragleave", (event) => event.relatedTarget === null && over(false));
document.addEventListener("drop", (event) => {
  if (event.dataTransfer.files.length > 0) {
    event.preventDefault();
    verify([...event.dataTransfer.files].map(sourceOf));
  }
  over(false);
});

element("tools").hidden = false;
ready.catch(() => {
  status.textContent = said.notLoaded;
});
