// Before a session ends its page says so: beside the page first, in front of it in the last minute. Without this
// script nothing is lost either: what is sent too late is kept until its sender has signed in again.
const url = document.body.dataset.session;
const told = document.createElement("p");
told.className = "hidden-text";
told.setAttribute("role", "status");
document.body.append(told);
let timer, dialog, from, shown = 0, asked = 0;

const wait = (seconds) => { clearTimeout(timer); timer = setTimeout(look, Math.max(seconds, 1) * 1000); };
const element = (name, text, className = "") => Object.assign(document.createElement(name), { textContent: text, className });

async function ask(options) {
  asked = Date.now();
  try {
    const answer = await fetch(url, options);
    return answer.headers.get("content-type")?.startsWith("application/json") ? await answer.json() : null;
  } catch {
    return null;
  }
}

async function look() {
  const notice = await ask({});
  if (notice) show(notice); else wait(60);
}

async function stay(notice) {
  const after = await ask({ method: "POST", body: new URLSearchParams({ csrf: notice.csrf }) });
  if (!after) return look();
  show(after);
  if (after.left > after.early) told.textContent = after.done;
}

function close() {
  dialog?.close();
  if (dialog && from?.isConnected) from.focus();
  from = null;
}

function show(notice) {
  if (notice.longest) sessionStorage.setItem(url, String(Date.now() + notice.longest * 1000));
  const stage = notice.left <= 0 ? 3 : notice.left <= notice.late ? 2 : notice.left <= notice.early ? 1 : 0;
  if (stage === 0) close();
  else if (stage !== shown) say(notice, stage);
  shown = stage;
  if (stage < 3) wait([notice.left - notice.early, notice.left - notice.late, notice.left + 1][stage]);
}

function say(notice, stage) {
  const end = new Date(Date.now() + notice.left * 1000);
  const time = end.toLocaleTimeString(document.documentElement.lang, { hour: "numeric", minute: "2-digit" });
  const title = Object.assign(element("h2", notice.title, "session-end-title"), { id: "session-end-title" });
  const text = Object.assign(element("p", notice.text.replace("{time}", time)), { id: "session-end-text" });
  const acts = element("div", "", "row");
  if (notice.act) {
    const act = element(stage === 3 ? "a" : "button", notice.act, "button button-primary");
    if (stage === 3) act.href = location.href; else act.addEventListener("click", () => stay(notice));
    acts.append(act);
  }
  const leave = element("button", notice.close, "button button-secondary");
  leave.addEventListener("click", close);
  acts.append(leave);
  if (!dialog) {
    dialog = element("dialog", "", "session-end");
    dialog.setAttribute("aria-labelledby", "session-end-title");
    dialog.setAttribute("aria-describedby", "session-end-text");
    // Where the reader came from by keyboard is where they go back to.
    dialog.addEventListener("focusin", ({ relatedTarget }) => {
      if (relatedTarget && !dialog.contains(relatedTarget)) from = relatedTarget;
    });
    document.body.append(dialog);
  }
  const at = dialog.open && dialog.contains(document.activeElement);
  dialog.close();
  dialog.replaceChildren(title, text, acts);
  told.textContent = `${title.textContent}. ${text.textContent}`;
  // Early on nobody who is typing is disturbed: `show` would take the focus.
  if (stage > 1) dialog.showModal(); else dialog.setAttribute("open", "");
  if (at) acts.firstChild.focus();
}

// A laptop that slept, a tab that waited behind others.
document.addEventListener("visibilitychange", () => { if (!document.hidden && Date.now() - asked > 60000) look(); });
const longest = (Number(sessionStorage.getItem(url)) - Date.now()) / 1000;
wait(longest > 0 ? Math.min(longest - 300, 1500) : 5);
