// `window.raspiska`: an array that collects calls before this script, an object that answers them after it.
const api = {
  has: guard(has),
  decisions: guard(decisions),
  show: (what) => act((acts) => acts.show(what)),
  giveAll: () => act((acts) => acts.every("give-all", true)),
  refuseAll: () => act((acts) => acts.every("refuse-all", false)),
  set: (wanted) => act((acts) => acts.decide("choices", wanted)),
  withdraw: (purpose) => act((acts) => acts.decide("withdraw", { [purpose]: false })),
  identify: (account, salt) => later((pieces) => pieces.identify(account, salt)),
  // Who asks to be told of "ready" after the fact is told at once.
  on: guard((name, fn) => {
    addEventListener("raspiska:" + name, (event) => fn(event.detail));
    if (name === "ready" && ready) guard(fn)(decisions());
  }),
  push: (...calls) => calls.forEach(guard((call) => (typeof call === "function" ? call(api) : api[call[0]](...call.slice(1))))),
};
let ready;
