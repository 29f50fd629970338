addEventListener("load", () => {
  document.cookie = "_demo_uid=1;path=/";
});
document.cookie = "forgotten=1;path=/";
localStorage.setItem("theme", "dark");
window.leave = () => {};
fetch("/third/counter/mark.js?name=somebody");
