// Calls that pages make to other consent managers, answered by `window.raspiska`. It may stand before the page's script or after it.
const cfg = "__RASPISKA_CONFIG__";
const queue = (window.raspiska = window.raspiska || []);
