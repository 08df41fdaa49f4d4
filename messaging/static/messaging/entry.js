// A message made by hand: checked while one types. The page works without this file, by its button.
(function () {
  "use strict";

  const page = document.querySelector("[data-entry]");
  const form = page && page.querySelector("form");
  if (!form) { return; }
  const panel = page.querySelector("[data-entry-panel]");
  const live = page.querySelector("[data-entry-live]");
  const PAUSE = 600;
  // Fields that were left: what is missing in them is said; of the others it is only counted.
  const left = new Set();
  let timer = 0;
  let asked = 0;

  const say = function (text) {
    if (live.textContent !== text) { live.textContent = text; }
  };

  // The sentences about one field or group, in the place that the server keeps for them.
  const tell = function (place, texts) {
    const holder = place.querySelector("[data-entry-texts]");
    const said = texts.join("\n");
    if (holder.dataset.said === said) { return; }
    holder.dataset.said = said;
    holder.replaceChildren.apply(holder, texts.map(function (text) {
      const sentence = document.createElement("p");
      sentence.textContent = text;
      return sentence;
    }));
    place.hidden = texts.length === 0;
    const control = document.getElementById(place.id.replace(/-said$/, ""));
    if (!control || control.matches("fieldset, div")) { return; }
    control.closest(".ha-field").classList.toggle("ha-field--invalid", texts.length > 0);
    if (texts.length) { control.setAttribute("aria-invalid", "true"); } else { control.removeAttribute("aria-invalid"); }
  };

  const spread = function () {
    const byPlace = new Map();
    panel.querySelectorAll("[data-entry-at]").forEach(function (item) {
      const anchor = item.dataset.entryAt;
      if (!anchor || ("entryMissing" in item.dataset && !left.has(anchor))) { return; }
      const text = item.querySelector("[data-entry-text]").textContent.trim();
      byPlace.set(anchor, (byPlace.get(anchor) || []).concat(text));
    });
    form.querySelectorAll("[id$='-said']").forEach(function (place) {
      tell(place, byPlace.get(place.id.replace(/-said$/, "")) || []);
    });
  };

  const check = function () {
    asked += 1;
    const mine = asked;
    fetch(page.dataset.entry, { method: "POST", body: new FormData(form) })
      .then(function (answer) {
        // A session that ended leads to the login page, which is no answer.
        if (!answer.ok || answer.redirected) { throw new Error(String(answer.status)); }
        return answer.text();
      })
      .then(function (text) {
        // A later check is under way: its answer is about what stands there now.
        if (mine !== asked) { return; }
        const open = panel.querySelector("details[open]") !== null;
        panel.innerHTML = text;
        const details = panel.querySelector("details");
        if (details) { details.open = open; }
        say(panel.querySelector("[data-entry-state]").textContent.trim().replace(/\s+/g, " "));
        spread();
      })
      .catch(function () { if (mine === asked) { say(page.dataset.failed); } });
  };

  const soon = function () {
    window.clearTimeout(timer);
    timer = window.setTimeout(check, PAUSE);
  };

  form.addEventListener("input", soon);
  form.addEventListener("change", soon);
  form.addEventListener("focusout", function (event) {
    if (event.target.id && !left.has(event.target.id)) {
      left.add(event.target.id);
      soon();
    }
  });
  form.querySelectorAll("[aria-invalid]").forEach(function (control) { left.add(control.id); });
})();
