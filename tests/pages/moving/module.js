// A module has no `document.currentScript`; its own address says under which name it counts.
const name = new URL(import.meta.url).search.slice(1);
window[name] = (window[name] || 0) + 1;
