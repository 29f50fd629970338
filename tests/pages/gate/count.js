// Counts how often it ran, under the name that its element gives.
(() => {
  const name = document.currentScript.dataset.counter;
  window[name] = (window[name] || 0) + 1;
  window.order = [...(window.order || []), name];
})();
