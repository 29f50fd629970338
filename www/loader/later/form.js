// A form is fetched when the person comes near it. Where it cannot be had, whoever wants to write still finds an address.
const forms = new WeakSet();
const failed = () => element("p", { lang, role: "alert" }, words.form + " ", element("a", { href: url("/policy/" + cfg.site) }, words.policy));

// The page's own form has a module of its own.
const attach = (node) => import(url("/s/" + cfg.site + "/attach.js")).then((module) => module.default(core)(node));

const form = (node) => {
  if (forms.has(node)) return;
  forms.add(node);
  new IntersectionObserver((entries, observer) => {
    if (!entries.some((entry) => entry.isIntersecting)) return;
    observer.disconnect();
    const own = node.localName === "form";
    (own ? attach(node) : act((acts) => acts.load()).then((widget) => widget.mount_form(node, node.getAttribute("name")))).catch((error) => {
      complain(error);
      if (own) node.after(failed());
      else (node.shadowRoot || node).append(failed());
    });
  }, { rootMargin: "400px" }).observe(node);
};
