// Stands in for a visit counter: leaves the traces that a real one leaves, and tells nobody.
window.demoCounterRuns = (window.demoCounterRuns || 0) + 1;
(() => {
  const known = /(?:^|; )_demo_uid=([^;]+)/.exec(document.cookie);
  const uid = known ? known[1] : Date.now().toString(36);
  document.cookie = "_demo_uid=" + uid + ";path=/;max-age=31536000;samesite=lax";
  localStorage.setItem("_demo_uid", uid);
})();
