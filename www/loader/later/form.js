// A form is fetched when the person comes near it. Where it cannot be had, whoever wants to write still finds an address.
const forms = new WeakSet();
const failed = () => element("p", { lang, role: "alert" }, words.form + " ", element("a", { href: url("/policy/" + cfg.site) }, words.policy));

// The page's own form has a module of its own, and so have files: few forms ask for one.
const own = (name) => import(url("/s/" + cfg.site + "/" + name + ".js")).then((module) => module.default(core));
let fetched;
const filing = (fn) => {
  if (!fetched) fetched = own("file");
  return fetched.then(fn);
};

const form = (node) => {
  if (forms.has(node)) return;
  forms.add(node);
  new IntersectionObserver((entries, observer) => {
    if (!entries.some((entry) => entry.isIntersecting)) return;
    observer.disconnect();
    const theirs = node.localName === "form";
    (theirs ? own("attach").then((attach) => attach(node)) : act((acts) => acts.load()).then((widget) => {
      const name = node.getAttribute("name");
      widget.mount_form(node, name);
      if (more.files.includes(name)) return filing((file) => file.mount(node, name));
    })).catch((error) => {
      complain(error);
      if (theirs) node.after(failed());
      else (node.shadowRoot || node).append(failed());
    });
  }, { rootMargin: "400px" }).observe(node);
};
