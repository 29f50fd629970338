export const leaves = (name) => leave(name);

const own = new URL(import.meta.url).search.slice(1);
if (own) leave(own);
