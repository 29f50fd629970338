// At once: the control of a site that wants one, and files that were not delivered yet.
if (cfg.reopen) reopen();
try {
  if (localStorage["raspiska." + cfg.site + ".later"]) filing((file) => file.run()).catch(complain);
} catch {} // refused: then nothing was left there

// What the page asks of this module.
const pieces = { cover, form, stop, remark, identify };
