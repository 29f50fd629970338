// In this response a click needs nothing more than words, where the page speaks another language than those that came along.
if (words) ours = acts;
else {
  pieces.acts = piece("words").then((all) => {
    words = all[lang];
    return acts;
  });
  pieces.acts.catch(complain);
}
