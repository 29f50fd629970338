// Storage that may be refused and never throws: what the browser will not keep lives in memory as long as the page does.
const prefix = "raspiska." + cfg.site + ".";
const memory = {};

const get = (name) => {
  if (name in memory) return memory[name];
  try {
    return localStorage.getItem(prefix + name);
  } catch {
    return null;
  }
};

const set = (name, value) => {
  try {
    if (value == null) localStorage.removeItem(prefix + name);
    else localStorage.setItem(prefix + name, value);
    delete memory[name];
  } catch {
    memory[name] = value == null ? null : value;
  }
};

const parse = (name) => {
  try {
    return JSON.parse(get(name));
  } catch {
    return null;
  }
};

// The outbox: what the person decided and the server has not confirmed yet, oldest first.
const queue = () => [].concat(parse("outbox") || []);

// Whether a reload would find everything again.
const kept = () => !Object.keys(memory).length;
