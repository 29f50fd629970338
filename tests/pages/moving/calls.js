// A page that speaks to three managers as it always has.
const heard = [];
for (const name of ["cc:onFirstConsent", "cc:onConsent", "cc:onChange", "CookiebotOnConsentReady", "CookiebotOnAccept", "CookiebotOnDecline"])
  addEventListener(name, (event) => heard.push([name, event.detail]));
CookieConsent.run({ categories: { necessary: { readOnly: true }, statistics: {} } });
CookieConsent.run({});
klaro.getManager().watch({ update: (manager, name, consents) => heard.push(["klaro", consents]) });
