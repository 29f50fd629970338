// Stands in for an advertising pixel: remembers the browser, as those do, and tells nobody.
window.demoPixelRuns = (window.demoPixelRuns || 0) + 1;
document.cookie = "_demo_ads=" + Date.now().toString(36) + ";path=/;max-age=31536000;samesite=lax";
