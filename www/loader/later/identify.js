// A logged-in user's id, as a commitment that only whoever has both id and salt can open: SHA-256(salt, zero byte, id). It goes into the receipts of
// decisions from now on; the page gets salt and commitment, to keep them with the account.
const base64url = (bytes) => btoa(String.fromCharCode(...new Uint8Array(bytes))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=/g, "");

const identify = (account, known) => {
  const salt = known ? Uint8Array.from(atob(known.replace(/-/g, "+").replace(/_/g, "/")), (char) => char.charCodeAt(0)) : crypto.getRandomValues(new Uint8Array(16));
  const id = new TextEncoder().encode(String(account));
  const text = new Uint8Array(salt.length + 1 + id.length);
  text.set(salt);
  text.set(id, salt.length + 1);
  return crypto.subtle.digest("SHA-256", text).then((digest) => {
    view.account = base64url(digest);
    return { salt: base64url(salt), account: view.account };
  });
};
