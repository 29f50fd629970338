// Composite mode: the page comes from a cache, and its dynamic parts are put in later. What is marked is not moved.
document.querySelectorAll("head script:not([data-skip-moving])").forEach((script) => document.body.append(script));
document.getElementById("composite").innerHTML = document.getElementById("dynamic").innerHTML;
