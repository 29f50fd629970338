// The fields of the page's own form, found by name: what is in them, and what is wrong with it. The rules are those of a form of ours.
const rules = {
  // Catches slips of the finger and lets every address through that may exist.
  email: (value) => /^[^@ ]+@[^@ .]+(\.[^@ .]+)+$/.test(value),
  // ITU-T E.164 has up to 15 digits; how they are grouped is a matter of taste.
  phone: (value) => /^[\d +\-().]+$/.test(value) && /^(\D*\d){10,15}\D*$/.test(value),
  url: (value) => value.startsWith("http"),
};

// `namedItem` gives several of one name, as radio buttons, as a list with the value of the chosen one.
const control = (form, field) => form.elements.namedItem(field.id);
const typed = (form, field) => ((control(form, field) || {}).value || "").trim();

// Who signs follows from the answer to a question about age; a representative's own fields are asked only where one signs.
const represented = (form, own) => own.fields.some((field) => field.age && field.age.represented.some((option) => Object.values(option).includes(typed(form, field))));
const asked = (form, own) => own.fields.filter((field) => control(form, field) && (!field.of_representative || represented(form, own)));

const fault = (field, value) => {
  if (!value) return field.required ? words.fill(text(field.label)) : "";
  if ([...value].length > field.max) return words.long(field.max);
  const fits = rules[field.kind];
  return fits && !fits(value) ? words[field.kind] : "";
};

// What is wrong stands after the control, in the page's own markup, so that the page's styles reach it.
const tell = (form, name, field, sentence) => {
  const found = control(form, field);
  const first = found.length && !found.options ? found[0] : found;
  const id = "raspiska-" + name + "-" + field.id;
  const known = document.getElementById(id);
  if (known) known.remove();
  const others = (first.getAttribute("aria-describedby") || "").split(" ").filter((own) => own && own !== id);
  if (sentence) {
    const note = element("p", { id, class: "raspiska-fault" }, sentence);
    note.style.color = "light-dark(#c0282d, #ff9a94)";
    (first.closest("label") || first).after(note);
    first.setAttribute("aria-invalid", "true");
    others.push(id);
  } else {
    first.removeAttribute("aria-invalid");
  }
  if (others.length) first.setAttribute("aria-describedby", others.join(" "));
  else first.removeAttribute("aria-describedby");
  return sentence && first;
};

// Whoever builds the page hears of what cannot work, and of what no consent covers.
const compare = (form, own) => {
  const names = own.fields.map((field) => field.id);
  const missing = own.fields.find((field) => field.required && !control(form, field));
  if (missing) throw new Error("the form " + own.name + " has no control named " + missing.id);
  [...form.elements].filter((node) => node.name && !/^(hidden|submit|button|reset|image|fieldset)$/.test(node.type) && !names.includes(node.name))
    .forEach((node) => complain("the form " + own.name + " asks for " + node.name + ", which site.toml does not have; no consent covers it"));
};
