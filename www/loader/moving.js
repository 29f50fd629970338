// Another manager was here before: where it seems to have left something, that is read before anything is asked. Its refusals stand, as old as they
// are; a yes was given to another text and is asked for again. Nothing of it is signed or sent: it was no act of the person with us.
const left = () => {
  try {
    return document.cookie + Object.keys(localStorage);
  } catch {} // refused: then nothing can be there
};

if (cfg.moving && !choice.at && /consent|cc_cookie|klaro|tarteau|c15t|silktide|orejime|dz152fz/i.test(left())) {
  view.closed = true;
  piece("moving").then((refusals) => refusals()).then((refused) => {
    // Whoever has answered in the meantime has answered.
    if (choice.at || !refused.length) return;
    keep(Object.fromEntries(refused.map(([{ id, basis, services }, at]) =>
      [id, { at, basis, known: Object.keys(services), state: { [id]: "refused" } }])));
  }).catch(complain).then(() => {
    view.closed = false;
    draw();
  });
}
