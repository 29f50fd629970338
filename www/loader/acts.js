// All that acts on a click. It is in the response of whoever has not answered yet, and a module of its own for the others.
const acts = { decide, every, show, send, paint, load };
