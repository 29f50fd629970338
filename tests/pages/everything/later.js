// What comes into the page after everything else, in the ways that pages have.
const later = document.getElementById("later");
const appended = document.createElement("script");
appended.type = "text/plain";
appended.dataset.category = "analytics";
appended.dataset.service = "counter";
appended.dataset.src = "/everything/mark.js?appended";
later.append(appended);
later.insertAdjacentHTML("beforeend", '<script type="text/plain" data-category="ads" data-src="/everything/mark.js?inner"></' + "script>");
later.insertAdjacentHTML("beforeend", '<iframe title="Ещё ролик" width="320" height="180" data-category="media" data-service="video" data-src="/everything/frame.html?innerFrame"></iframe>');
