// Runs in a page before everything else and notes what its visitor meets, frame by frame. `bench()` gives the notes.
(() => {
  const within = (host, selector) => document.getElementById(host)?.shadowRoot?.querySelector(selector);
  const visible = (node) => {
    if (!node?.checkVisibility({ opacityProperty: true, visibilityProperty: true })) return false;
    const box = node.getBoundingClientRect();
    return box.width > 0 && box.height > 0 && box.top < innerHeight && box.bottom > 0;
  };
  const banner = () => visible(within("raspiska", "section"));
  const dialog = () => visible(within("raspiska-panel", "dialog[open]"));
  const switches = () => visible(within("raspiska-panel", "dialog[open] [role=switch]"));

  // The task after the frame: by then the main thread has painted what the frame shows.
  const painted = (note) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = note;
    port2.postMessage(0);
  };

  const now = () => performance.now();
  const frames = [];
  const seen = { shift: 0, blocked: 0, input: 0 };
  let begun;
  let clicked;
  const answered = (name) => painted(() => (seen[name] ??= now() - clicked));
  const frame = () => {
    if (begun === undefined) {
      frames.push(now());
      if (banner()) {
        begun = now();
        painted(() => (seen.banner = now()));
      }
    }
    if (clicked !== undefined) {
      if (seen.closed === undefined && !banner()) answered("closed");
      if (seen.opened === undefined && dialog()) answered("opened");
      if (seen.usable === undefined && switches()) answered("usable");
    }
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
  addEventListener("click", (event) => (clicked = event.timeStamp), true);

  const observe = (type, each, options) =>
    new PerformanceObserver((list) => list.getEntries().forEach(each)).observe({ type, buffered: true, ...options });
  observe("layout-shift", ({ hadRecentInput, value }) => {
    if (!hadRecentInput) seen.shift += value;
  });
  // Total blocking time: what a task takes beyond 50 ms.
  observe("longtask", ({ duration }) => {
    seen.blocked += Math.max(0, duration - 50);
  });
  // 16 ms is the least that browsers report.
  observe("event", ({ interactionId, duration }) => {
    if (interactionId) seen.input = Math.max(seen.input, duration);
  }, { durationThreshold: 16 });

  // Of what came over the network, bodies as they were sent. Ours alone: the page has nothing else.
  const came = () => performance.getEntriesByType("resource").filter(({ transferSize }) => transferSize);
  const bytes = (files) => files.reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0);

  window.bench = () => {
    const [first] = performance.getEntriesByName("first-contentful-paint");
    const [page] = performance.getEntriesByType("navigation");
    const files = came();
    return {
      ...seen,
      first: first.startTime,
      // Frames that were painted with something, but not with the banner.
      late: begun === undefined ? null : frames.filter((at) => at > (first.paintTime ?? first.startTime) && at <= begun).length,
      bytes: bytes(files),
      before: bytes(files.filter(({ responseEnd }) => !(responseEnd > begun))),
      widget: files.filter(({ name }) => new URL(name).pathname.startsWith("/w/")).length,
      // Where a request is throttled, that is seen at the end of its answer alone.
      answers: [page, ...files].map(({ requestStart, responseEnd, encodedBodySize }) => [responseEnd - requestStart, encodedBodySize]),
    };
  };
})();
