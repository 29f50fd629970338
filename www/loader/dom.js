// What is ours in a page: elements with open shadow roots and one constructed style sheet.
const css = "__RASPISKA_CSS__";
let sheet;

const element = (tag, attributes, ...children) => {
  const node = document.createElement(tag);
  Object.keys(attributes).forEach((name) => node.setAttribute(name, attributes[name]));
  node.append(...children);
  return node;
};

// A constructed sheet is not an inline style, so that no policy of the page has to be loosened for it.
const shadow = (node) => {
  const root = node.attachShadow({ mode: "open" });
  try {
    if (!sheet) {
      sheet = new CSSStyleSheet();
      sheet.replaceSync(css + look);
    }
    root.adoptedStyleSheets = [sheet];
  } catch {
    root.append(element("style", {}, css + look));
  }
  return root;
};
