// The one thing that a file cannot tell: what is in force now. Asked only when somebody presses the button.

const ask = async (log, facts) => {
  const response = await fetch(`/v1/sites/${log.site}/receipts/${facts.receipt}`, {
    headers: { accept: "application/json" },
    cache: "no-store",
    credentials: "omit",
  });
  if (response.status === 404) {
    return [make("p", said.notInLog)];
  }
  if (!response.ok) {
    throw new Error(response.statusText);
  }
  const { status } = await response.json();
  const [before, after] = said.now.split("#");
  const list = Object.entries(status).map(([purpose, state]) => ({ purpose, state }));
  return [
    make("p", [before, moment(Date.now()), after]),
    make("dl", decisions(log, list), { className: "rows" }),
  ];
};

/** Offers the question while there is a network. */
const offer = (place, log, facts) => {
  const [button, answer] = [place.querySelector("button"), place.querySelector("[role=status]")];
  place.hidden = !navigator.onLine;
  button.addEventListener("click", async () => {
    button.disabled = true;
    try {
      answer.replaceChildren(...(await ask(log, facts)));
    } catch {
      answer.replaceChildren(make("p", said.noAnswer));
    }
    button.disabled = false;
  });
};

/** A network that comes back brings the button back; an answer that is there stays. */
const online = () => {
  for (const place of document.querySelectorAll(".ask")) {
    place.hidden = !navigator.onLine && place.querySelector("[role=status]").childElementCount === 0;
  }
};
addEventListener("online", online);
addEventListener("offline", online);
