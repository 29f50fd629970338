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

// Nothing is thrown for what is usual, here and below: the engine reads the whole script again to say where an error came from.
const parse = (text) => {
  try {
    return text && JSON.parse(text);
  } catch {
    return null;
  }
};

// One cookie beside it. It tells the server that there is an answer, so that its next response can do without the banner;
// where subdomains share their answers it carries them. A browser without cookies only gets a few bytes more.
const jar = prefix.slice(0, -1);
const secure = location.protocol === "https:" ? ";secure" : "";

const mark = guard((value) => {
  document.cookie = jar + "=" + encodeURIComponent(value) + ";path=/;max-age=" + cfg.days * 86400 + ";samesite=lax" + secure +
    (cfg.domain ? ";domain=" + cfg.domain : "");
});

const marked = () => {
  try {
    const own = document.cookie.split("; ").find((pair) => pair.startsWith(jar + "=")) || "";
    return decodeURIComponent(own.slice(jar.length + 1));
  } catch {}
};

// The outbox: what the person decided and the server has not confirmed yet, oldest first.
const queue = () => [].concat(parse(get("outbox")) || []);

// Whether a reload would find everything again.
const kept = () => !Object.keys(memory).length;
