// Stands in for a tag manager's container: two tags, each of which waits until the signals on the data layer allow it.
window.containerRuns = (window.containerRuns || 0) + 1;
(() => {
  const tags = new Map([["analytics_storage", "/counter.js"], ["ad_storage", "/pixel.js"]]);
  const look = () => {
    const signals = Object.assign({}, ...dataLayer.filter((item) => item[0] === "consent").map((item) => item[2]));
    tags.forEach((src, flag) => {
      if (signals[flag] !== "granted") return;
      tags.delete(flag);
      const script = document.createElement("script");
      script.src = src;
      document.head.append(script);
    });
  };
  const { push } = dataLayer;
  dataLayer.push = (...items) => {
    push.apply(dataLayer, items);
    look();
  };
  look();
})();
