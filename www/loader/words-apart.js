// The first question as a module: its words come with it.
const own = "__RASPISKA_CONFIG__";
const words = own.text[lang];
const look = own.look;
