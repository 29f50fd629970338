// A tag manager's habit: a held script that enters the page after everything else.
const late = document.createElement("script");
late.type = "text/plain";
late.dataset.category = "analytics";
late.dataset.counter = "late";
late.dataset.src = "/gate/count.js?late";
document.head.append(late);
