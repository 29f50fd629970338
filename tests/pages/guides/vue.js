// What the guide for Vue says, with render functions.
const { createApp, h, ref } = Vue;
const Player = {
  setup() {
    const media = useConsent("media");
    return () => (media.value
      ? h("iframe", { src: "/gate/frame.html?player", title: "Player" })
      : h("button", { type: "button", id: "allow", "data-raspiska": "preferences" }, "Allow"));
  },
};
const Held = () => h("div", { id: "held" }, [
  h("iframe", { "data-category": "media", "data-src": "/gate/frame.html?held", title: "Held" }),
  h("script", { type: "text/plain", "data-category": "analytics", "data-counter": "heldRuns", "data-src": "/gate/count.js?held" }),
]);
const App = {
  setup() {
    const here = ref(true);
    window.toggle = () => {
      here.value = !here.value;
    };
    return () => h("main", [h(Player), here.value ? h(Held) : null]);
  },
};
window.mount = () => createApp(App).mount("#app");
mount();
