// The month of a practice: adds up and checks while one types. The page works without this file.
(function () {
  "use strict";

  const form = document.querySelector("form[data-month]");
  const bar = document.querySelector("[data-month-bar]");
  if (!form || !bar) { return; }
  const cards = Array.from(form.querySelectorAll("[data-month-card]"));
  const words = bar.dataset;

  // A number in Dutch notation as hundredths, or null where it is not one (core.forms.read_number).
  const read = function (text) {
    const plain = text.replace(/[\s\u00a0\u202f€]/g, "");
    if (/^(\d{1,3}(\.\d{3})+|\d+)(,\d{1,2})?$/.test(plain)) {
      return Math.round(Number(plain.replace(/\./g, "").replace(",", ".")) * 100);
    }
    return /^\d+\.\d{1,2}$/.test(plain) ? Math.round(Number(plain) * 100) : null;
  };

  const euro = function (cents) {
    const whole = String(Math.floor(cents / 100)).replace(/\B(?=(\d{3})+$)/g, ".");
    return "€\u00a0" + whole + "," + String(cents % 100).padStart(2, "0");
  };

  // What stands in a card: whole units, or cents where the unit is the euro (83).
  const filled = function (card) {
    const field = card.querySelector("input[data-unit]");
    const hundredths = read(field.value);
    const isEuro = field.dataset.unit === "83";
    const isWhole = isEuro || hundredths === null || hundredths % 100 === 0;
    return {
      field: field,
      isEmpty: field.value.trim() === "",
      isWithoutCare: card.querySelector("[role=switch]").checked,
      volume: hundredths === null || !isWhole ? null : isEuro ? hundredths : hundredths / 100,
      isEuro: isEuro,
    };
  };

  // Cents of a number, rounded half up once, as the server does; null where nothing is paid by it.
  const cents = function (one) {
    if (one.isEuro) { return one.volume; }
    if (!one.field.dataset.rate) { return null; }
    const share = 100 * Number(one.field.dataset.per);
    // Each part that was begun is paid where the contract says so.
    const part = Number(one.field.dataset.part);
    const paid = Math.ceil(one.volume / part) * part;
    return Math.floor((2 * Number(one.field.dataset.rate) * paid + share) / (2 * share));
  };

  // The sentence that handing in would give, at the field; taken away when the number fits. What
  // the server said of the number that it got stays until another one is typed.
  const complain = function (card, one, isTooMuch) {
    const said = card.querySelector("[data-month-said]");
    if (said && one.field.value === one.field.defaultValue) { return; }
    if (said) { said.remove(); }
    const id = one.field.id + "_too_much";
    const old = document.getElementById(id);
    const affix = one.field.closest(".ha-affix");
    const unit = affix && affix.querySelector(".ha-affix__text");
    const number = one.field.value.trim() + (unit && !one.isEuro ? " " + unit.textContent : "");
    const text = isTooMuch ? one.field.dataset.tooMuch.replace("{volume}", number) : "";
    if (old && old.textContent === text) { return; }
    if (old) { old.remove(); }
    const described = (one.field.getAttribute("aria-describedby") || "").split(" ")
      .filter(function (name) { return name && name !== id; });
    if (isTooMuch) {
      const sentence = document.createElement("p");
      sentence.id = id;
      sentence.className = "ha-field__error";
      sentence.setAttribute("role", "status");
      sentence.textContent = text;
      (affix || one.field).before(sentence);
      described.push(id);
      one.field.setAttribute("aria-invalid", "true");
    } else if (old) {
      one.field.removeAttribute("aria-invalid");
    }
    if (described.length) {
      one.field.setAttribute("aria-describedby", described.join(" "));
    } else {
      one.field.removeAttribute("aria-describedby");
    }
  };

  const counted = function (count, one, many) {
    return count === 1 ? one : many.replace("{count}", count);
  };

  const volumeText = function (minutes, others) {
    const parts = [];
    const hours = Math.floor(minutes / 60);
    const rest = minutes % 60;
    if (hours || (!rest && !others.size)) { parts.push(hours + " " + words.hours); }
    if (rest) { parts.push(rest + " " + (rest === 1 ? words.minute : words.minutes)); }
    const time = parts.join(words.and);
    const more = Array.from(others, function (pair) { return pair[1] + " " + pair[0]; });
    return (time ? [time] : []).concat(more).join(", ");
  };

  const write = function (name, text) {
    const place = bar.querySelector("[data-month-" + name + "]");
    if (place && place.textContent !== text) { place.textContent = text; }
  };

  const addUp = function () {
    let minutes = 0, amount = 0, toFill = 0, tooMuch = 0;
    const others = new Map();
    cards.forEach(function (card) {
      const one = filled(card);
      const volume = one.isWithoutCare ? 0 : one.volume || 0;
      const cap = one.field.dataset.cap;
      const isTooMuch = cap !== undefined && volume > Number(cap);
      const own = one.volume === null ? null : cents(one);
      complain(card, one, isTooMuch);
      card.querySelector("[data-month-amount]").textContent = own === null ? "" : "= " + euro(own);
      amount += one.isWithoutCare || own === null ? 0 : own;
      toFill += one.isEmpty && !one.isWithoutCare ? 1 : 0;
      tooMuch += isTooMuch ? 1 : 0;
      if (Number(one.field.dataset.minutes)) {
        minutes += volume * Number(one.field.dataset.minutes);
      } else if (volume && !one.isEuro) {
        const unit = one.field.closest(".ha-affix").querySelector(".ha-affix__text").textContent;
        others.set(unit, (others.get(unit) || 0) + volume);
      }
    });
    write("volume", volumeText(minutes, others));
    write("total", euro(amount));
    const state = [];
    if (tooMuch) { state.push(counted(tooMuch, words.tooMuchOne, words.tooMuch)); }
    if (toFill) { state.push(counted(toFill, words.toFillOne, words.toFill)); }
    write("state", state.map(function (text) { return text + "."; }).join(" "));
    bar.classList.toggle("ha-bar--wrong", tooMuch > 0);
  };

  // What was typed is kept when a field is left, so that nothing is lost between two clients: one
  // request at a time, and what was typed meanwhile goes with the next.
  let isSent = false, isWaiting = false, isLeaving = false, keeping = null;
  const keep = function () {
    if (keeping) { isWaiting = true; return; }
    isWaiting = false;
    const body = new FormData(form);
    body.set("autosave", "1");
    keeping = fetch(form.action || window.location.href, { method: "POST", body: body, keepalive: true })
      .then(function (answer) { if (!isSent) { write("saved", answer.status === 204 ? words.saved : words.unsaved); } })
      .catch(function () { write("saved", words.unsaved); })
      .then(function () {
        keeping = null;
        if (isWaiting && !isSent) { keep(); }
        return keeping;
      });
  };

  // A button of the page may change for whom one acts, and with it the session: what is still being
  // kept belongs to the old one and goes first. Before app.js, which sends a form once only.
  document.addEventListener("submit", function (event) {
    if (event.target === form) { isSent = true; }
    if (!keeping) { return; }
    event.preventDefault();
    if (isLeaving) { return; }
    isLeaving = true;
    keeping.then(function () {
      isLeaving = false;
      event.target.requestSubmit(event.submitter);
    });
  }, true);

  form.addEventListener("input", addUp);
  form.addEventListener("change", function () { addUp(); if (!isSent) { keep(); } });
  // Whoever closes the page does not wait.
  window.addEventListener("pagehide", function () {
    if (isWaiting && !isSent) { keeping = null; keep(); }
  });
  addUp();
})();
