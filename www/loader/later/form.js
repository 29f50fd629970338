// A form is fetched when the person comes near it. Where it cannot be had, whoever wants to write still finds an address.
const forms = new WeakSet();

const form = (node) => {
  if (forms.has(node)) return;
  forms.add(node);
  new IntersectionObserver((entries, observer) => {
    if (!entries.some((entry) => entry.isIntersecting)) return;
    observer.disconnect();
    act((acts) => acts.load()).then((widget) => widget.mount_form(node, node.getAttribute("name"))).catch((error) => {
      complain(error);
      (node.shadowRoot || node).append(element("p", { lang }, words.form + " ",
        element("a", { href: url("/policy/" + cfg.site) }, words.policy)));
    });
  }, { rootMargin: "400px" }).observe(node);
};
