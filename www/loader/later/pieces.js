// What the page asks of this module.
const pieces = { cover, form, stop, remark, identify, reopen };
