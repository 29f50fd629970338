// The first question is in this response, with its words and its look.
const words = cfg.text[lang];
const look = cfg.look;
