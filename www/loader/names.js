// Other managers' names for what this site asks about, by the server's table; spelling matters as little as it does there. Nothing: unknown.
// Empty: known, and this site asks about nothing of the kind.
const table = new Map(Object.entries(cfg.alias || {}));
const translated = (name) => table.get(String(name).toLowerCase().replace(/[\s_-]/g, ""));
