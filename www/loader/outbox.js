// Sees to it that decisions get to the server: at idle, when the network returns, and with growing pauses while it fails.
let sending;
let timer;
let pause = 2;

// Where Wasm is not allowed nothing can be signed, and the queue waits for the next page. A server that is away comes back.
const postpone = () => {
  if (timer || blocked || !queue().length) return;
  timer = setTimeout(() => {
    timer = 0;
    flush();
  }, pause * 1000);
};

const flush = guard(() => {
  if (sending || !queue().length) return;
  sending = true;
  idle(() => load().then((widget) => widget.flush()).catch(complain).then(() => {
    sending = false;
    pause = Math.min(pause * 2, 600);
    postpone();
  }));
});

const send = () => {
  clearTimeout(timer);
  timer = 0;
  pause = 2;
  flush();
};
