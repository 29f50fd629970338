// The first question is in this response, with its words and its look.
let words = cfg.text[lang];
const look = cfg.look;
