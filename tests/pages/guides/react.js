// What the guide for React says, without JSX.
const { createElement: h, useState } = React;
const Player = () => (useConsent("media")
  ? h("iframe", { src: "/gate/frame.html?player", title: "Player" })
  : h("button", { type: "button", id: "allow", "data-raspiska": "preferences" }, "Allow"));
const Held = () => h("div", { id: "held" },
  h("iframe", { "data-category": "media", "data-src": "/gate/frame.html?held", title: "Held" }),
  h("script", { type: "text/plain", "data-category": "analytics", "data-counter": "heldRuns", "data-src": "/gate/count.js?held" }));
const App = () => {
  const [here, put] = useState(true);
  window.toggle = () => put((here) => !here);
  return h("main", null, h(Player), here ? h(Held) : null);
};
window.mount = () => ReactDOM.createRoot(document.getElementById("app")).render(h(App));
mount();
