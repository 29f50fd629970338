// The first question's words in every language of the site.
const all = "__RASPISKA_CONFIG__".text;
