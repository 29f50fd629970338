// `window.raspiska`: an array that collects calls before this script, an object that answers them after it.
const api = {
  has: guard(has),
  decisions: guard(decisions),
  show,
  giveAll: () => every("give-all", true),
  refuseAll: () => every("refuse-all", false),
  set: (wanted) => decide("choices", wanted),
  withdraw: (purpose) => decide("withdraw", { [purpose]: false }),
  // Who asks to be told of "ready" after the fact is told at once.
  on: guard((name, fn) => {
    addEventListener("raspiska:" + name, (event) => fn(event.detail));
    if (name === "ready" && ready) guard(fn)(decisions());
  }),
  push: (...calls) => calls.forEach(guard((call) => (typeof call === "function" ? call(api) : api[call[0]](...call.slice(1))))),
};
let ready;
