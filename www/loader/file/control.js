// The control in a form of the widget: it stands after the hidden field that the widget has for a file, and writes there what the receipt says of it.
const rules = "__RASPISKA_CONFIG__";

const size = (bytes) => (bytes < 1048576 ? Math.ceil(bytes / 1024) + " " + words.sizes[0] : Math.round(bytes / 104857.6) / 10 + " " + words.sizes[1]);
const named = (types) => {
  const names = types.map((type) => type.toUpperCase());
  return names.length > 1 ? names.slice(0, -1).join(", ") + words.or + names[names.length - 1] : names[0];
};

// Only what the name says of the content, to tell people at once; the server looks closer.
const begins = { pdf: "%PDF-", rtf: "{\\rtf", docx: "PK\x03\x04", odt: "PK\x03\x04" };
const fits = (type, bytes) => {
  const begin = String.fromCharCode(...bytes.subarray(0, 1024));
  return begins[type] ? begin.startsWith(begins[type]) : !/[\0-\x08\x0b\x0e-\x1f\x7f]/.test(begin);
};

// No path, nothing invisible, nothing that turns the direction; at most a hundred characters.
const clean = (name, type) => {
  const stem = name.slice(0, -type.length - 1).replace(/[\p{C}\p{Z}/\\]+/gu, " ").replace(/^[ .]+/, "");
  return ([...stem].slice(0, 99 - type.length).join("").trim() || "file") + "." + type;
};

const base64url = (bytes) => btoa(String.fromCharCode(...bytes)).replace(/\+/g, "-").replace(/\//g, "_").replace(/=/g, "");

// The line about a file, or the sentence that says what is wrong with it.
const judge = (rule, file) => {
  const most = size(rule.max_bytes);
  const type = rule.types.find((own) => file.name.toLowerCase().endsWith("." + own));
  if (!type) return Promise.reject(words.type(named(rule.types)));
  if (file.size > rule.max_bytes) return Promise.reject(words.large(most));
  if (!file.size) return Promise.reject(words.empty);
  return file.arrayBuffer().then((buffer) => {
    const bytes = new Uint8Array(buffer);
    if (!fits(type, bytes)) throw words.type(named(rule.types));
    return crypto.subtle.digest("SHA-256", bytes).then((digest) => ({
      name: clean(file.name, type),
      bytes,
      line: base64url(new Uint8Array(digest)) + " " + bytes.length + " " + clean(file.name, type),
    }));
  });
};

const write = (field, value) => {
  field.value = value;
  field.dispatchEvent(new Event("input", { bubbles: true }));
};

// One control. `chosen` is what goes along, `fault` a sentence, `ready` a promise of either.
const control = (field, id, rule) => {
  const input = element("input", { type: "file", id: id + "-file", accept: rule.types.map((type) => "." + type).join(), "aria-describedby": id + "-file-note " + id + "-help" });
  const note = element("p", { id: id + "-file-note", class: "small", role: "status" });
  const remove = element("button", { type: "button", class: "quiet" }, words.remove);
  const own = { id, input, ready: Promise.resolve() };
  const say = (sentence, bad) => {
    own.fault = bad ? sentence : "";
    note.textContent = sentence;
    note.className = bad ? "bad" : "small";
    if (bad) input.setAttribute("aria-invalid", "true");
    else input.removeAttribute("aria-invalid");
    remove.hidden = !input.files.length;
  };
  const takes = () => say(words.takes(named(rule.types), size(rule.max_bytes)));
  const choose = guard(() => {
    const file = input.files[0];
    own.chosen = null;
    write(field, "");
    takes();
    if (!file) return;
    say(words.reading);
    const judged = judge(rule, file).then((told) => {
      if (input.files[0] !== file) return;
      own.chosen = told;
      write(field, told.line);
      say(words.chosen(told.name, size(told.bytes.length)));
    }, (error) => {
      if (input.files[0] === file) say(typeof error === "string" ? error : words.unread, true);
    });
    own.ready = judged;
  });
  input.addEventListener("change", choose);
  remove.addEventListener("click", () => {
    input.value = "";
    choose();
    input.focus();
  });
  const label = field.getRootNode().querySelector("label[for='" + id + "']");
  if (label) label.htmlFor = input.id;
  field.after(input, note, remove);
  takes();
  return own;
};

const mount = guard((host, name) => {
  const root = host.shadowRoot;
  const status = element("p", { class: "lead", role: "status" });
  root.append(status);
  let controls = [];
  const find = guard(() => {
    controls = controls.filter((own) => own.input.isConnected);
    Object.entries(rules[name]).forEach(([id, rule]) => {
      const field = root.getElementById(id);
      if (!field || controls.some((own) => own.id === id)) return;
      controls.push(control(field, id, rule));
      status.textContent = "";
    });
  });
  new MutationObserver(find).observe(root, { childList: true, subtree: true });
  find();

  // Before the widget hears of it: what a receipt tells of is in storage first. A file that cannot go along stops the form.
  let passed;
  const lines = new Set();
  watchers.add((record, word) => {
    if (word && lines.has(keyOf(record)) && !controls.length) status.textContent = words[word];
  });
  root.addEventListener("submit", guard((event) => {
    if (passed || controls.every((own) => !own.input.files.length)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const form = event.target;
    Promise.all(controls.map((own) => own.ready)).then(() => {
      const wrong = controls.find((own) => own.fault);
      if (wrong) return wrong.input.focus();
      const records = controls.filter((own) => own.chosen).map((own) => ({ field: own.id, line: own.chosen.line, bytes: own.chosen.bytes, at: Date.now(), done: {} }));
      return Promise.all(records.map(save)).then(() => {
        records.forEach((record) => lines.add(keyOf(record)));
        flag(true);
        passed = true;
        try {
          form.requestSubmit();
        } finally {
          passed = false;
        }
        soon();
      });
    }).catch(complain);
  }), true);
});

const file = { mount, run };
