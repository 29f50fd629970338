// Sees to it that decisions get to the server: at idle, when the network returns, and with growing pauses while it fails.
let sending;
let timer;
let pause = 4;

const idle = window.requestIdleCallback || ((fn) => setTimeout(fn, 200));

// Where Wasm is not allowed nothing can be signed, and the queue waits for the next page. A server that is away comes back.
const later = () => {
  clearTimeout(timer);
  if (blocked || !queue().length) return;
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
