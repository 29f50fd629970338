// Sees to it that decisions get to the server: at idle, when the network returns, and with growing pauses while it fails.
let sending;
let timer;
let pause = 4;

const idle = window.requestIdleCallback || ((fn) => setTimeout(fn, 200));

// Without a widget nothing can be signed here, and the queue waits for the next page.
const later = () => {
  clearTimeout(timer);
  if (!loading || !queue().length) return;
  timer = setTimeout(flush, pause * 1000);
  pause = Math.min(pause * 2, 600);
};

const flush = guard(() => {
  if (sending || !queue().length) return;
  sending = true;
  idle(() => load().then((widget) => widget.flush()).catch(complain).then(() => {
    sending = false;
    later();
  }));
});

const send = () => {
  pause = 4;
  flush();
};
