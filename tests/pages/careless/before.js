// As often as it is taken away.
setInterval(() => {
  document.cookie = "_demo_uid=1;path=/";
}, 500);
document.cookie = "forgotten=1;path=/";
localStorage.setItem("theme", "dark");
window.leave = () => {};
fetch("/third/counter/mark.js?name=somebody");
