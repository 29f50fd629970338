// Stands in for an embedded video: twelve seconds of moving dots, and a cookie of its own, as players have.
document.cookie = "_demo_player=" + Date.now().toString(36) + ";path=/;max-age=31536000;samesite=lax";

const length = 12;
const colours = ["#ff6a3d", "#3b6cf6", "#12a594"];
const captions = ["Общий список", "Группы", "Личные письма"];
const play = document.getElementById("play");
const done = document.getElementById("done");
const caption = document.getElementById("caption");

const draw = (name, attributes, parent) => {
  const node = document.createElementNS("http://www.w3.org/2000/svg", name);
  Object.entries(attributes).forEach(([key, value]) => node.setAttribute(key, value));
  document.getElementById(parent).append(node);
  return node;
};

// From a grid to three rings: where each dot starts and where it belongs.
const dots = Array.from({ length: 36 }, (_, i) => {
  const group = (i + Math.floor(i / 9)) % 3;
  const turn = (Math.floor(i / 3) / 12) * 2 * Math.PI;
  return {
    node: draw("circle", { r: 9, fill: colours[group] }, "dots"),
    from: [156 + (i % 9) * 41, 96 + Math.floor(i / 9) * 41],
    to: [140 + group * 180 + Math.cos(turn) * 52, 158 + Math.sin(turn) * 52],
  };
});
const letters = colours.map((colour, i) => {
  const node = draw("g", { transform: `translate(${140 + i * 180} 158)`, opacity: 0 }, "letters");
  node.innerHTML = `<rect x="-30" y="-21" width="60" height="42" rx="9" fill="#fff"/><path d="m-18-8 18 14 18-14" fill="none" stroke="${colour}" stroke-width="4" stroke-linecap="round" stroke-linejoin="round"/>`;
  return node;
});

const ease = (from, to, now) => {
  const x = Math.min(1, Math.max(0, (now - from) / (to - from)));
  return x * x * (3 - 2 * x);
};

const paint = (now) => {
  const gathered = ease(3, 6, now);
  dots.forEach(({ node, from, to }) => {
    node.setAttribute("cx", from[0] + (to[0] - from[0]) * gathered);
    node.setAttribute("cy", from[1] + (to[1] - from[1]) * gathered);
  });
  letters.forEach((node, i) => node.setAttribute("opacity", ease(7 + i * 0.6, 8 + i * 0.6, now)));
  caption.textContent = captions[now < 3.5 ? 0 : now < 7 ? 1 : 2];
  done.value = now / length;
};

let at = 0;
let last;
let running = !matchMedia("(prefers-reduced-motion: reduce)").matches;

const frame = (time) => {
  if (running) {
    at = (at + (time - (last || time)) / 1000) % length;
    paint(at);
    requestAnimationFrame(frame);
  }
  last = running ? time : undefined;
};

const toggle = (on) => {
  running = on;
  play.textContent = on ? "Пауза" : "Смотреть";
  if (on) requestAnimationFrame(frame);
};

play.addEventListener("click", () => toggle(!running));
paint(0);
toggle(running);
