// What pages do to bring scripts, frames and pixels in, each way under its own name.
const place = document.getElementById("place");
const made = (name, change) => {
  const script = document.createElement("script");
  change(script, "/third/counter/mark.js?" + name);
  return script;
};
place.append(made("attribute", (script, src) => script.setAttribute("src", src)));
place.append(made("property", (script, src) => { script.src = src; }));
place.appendChild(document.importNode(document.getElementById("pattern").content.firstElementChild, true));
place.insertAdjacentHTML("beforeend", '<iframe title="Ещё ролик" width="320" height="180" src="/third/video/frame.html?adjacent"></iframe>');
const inner = document.createElement("div");
place.append(inner);
inner.innerHTML = '<iframe title="И ещё" width="320" height="180" src="/third/video/frame.html?inner"></iframe>';
new Image().src = "/third/pixel/dot.svg?new";
navigator.sendBeacon("/third/pixel/beacon", "x");
fetch("/third/pixel/dot.svg?fetch").then(() => leave("fetch"), () => leave("fetchRefused"));
const request = new XMLHttpRequest();
request.onloadend = () => leave(request.responseURL.includes("third") ? "request" : "requestRefused");
request.open("GET", "/third/pixel/dot.svg?request");
request.send();
