// Small comforts; every page works without this file.
(function () {
  "use strict";

  // On a wide screen the filter form stands open; on a phone it is one button.
  if (window.matchMedia("(min-width: 901px)").matches) {
    document.querySelectorAll("details[data-wide-open]").forEach(function (element) {
      element.open = true;
    });
  }
  // The main menu is always open on a wide screen, also where the browser cannot do that by style.
  const menu = document.querySelector("details.ha-menu");
  if (menu) {
    const wide = window.matchMedia("(min-width: 901px)");
    const follow = function () { menu.open = wide.matches; };
    wide.addEventListener("change", follow);
    follow();
  }

  // A table that fits scrolls with the page; one that is wider scrolls in its frame.
  const regions = document.querySelectorAll(".ha-table-region");
  const fit = function () {
    regions.forEach(function (region) {
      const table = region.querySelector("table");
      region.classList.toggle("ha-table-region--fits", table.offsetWidth <= region.clientWidth);
    });
  };
  window.addEventListener("resize", fit);
  fit();

  // Escape closes an open menu and gives the focus back to its button. The main menu of a wide screen
  // has none, and stays; that of a phone closes when one is in it.
  document.addEventListener("keydown", function (event) {
    if (event.key !== "Escape") { return; }
    document.querySelectorAll("details[data-menu][open]").forEach(function (element) {
      const button = element.querySelector("summary");
      const stays = element === menu && !element.contains(document.activeElement);
      if (stays || !button.checkVisibility()) { return; }
      element.open = false;
      button.focus();
    });
  });
  document.addEventListener("click", function (event) {
    document.querySelectorAll("details[data-menu][open]:not(.ha-menu)").forEach(function (element) {
      if (!element.contains(event.target)) { element.open = false; }
    });
  });

  // After a refused form: the summary of errors gets the focus, so that it is read first.
  const summary = document.querySelector("[data-error-summary]");
  if (summary) { summary.focus(); }

  // A form is sent once: the second press of the same button does nothing.
  document.addEventListener("submit", function (event) {
    const form = event.target;
    if (form.method !== "post" || event.defaultPrevented) { return; }
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "yes";
    // A form that answers with a download leaves the page standing.
    window.setTimeout(function () { delete form.dataset.sent; }, 5000);
  });

  // A filter leaves its empty fields out of the address.
  document.addEventListener("submit", function (event) {
    if (event.target.method !== "get") { return; }
    event.target.querySelectorAll("input, select").forEach(function (control) {
      if (!control.value) { control.disabled = true; control.dataset.emptied = "yes"; }
    });
  });
  window.addEventListener("pageshow", function () {
    document.querySelectorAll("form[data-sent]").forEach(function (form) { delete form.dataset.sent; });
    document.querySelectorAll("[data-emptied]").forEach(function (control) { control.disabled = false; });
  });

  // Check a field when it is left, with the sentence that the server would give.
  const complain = function (control) {
    const id = control.id + "_leave";
    const old = document.getElementById(id);
    if (old) { old.remove(); }
    const wrong = control.value !== "" && !control.checkValidity();
    const described = (control.getAttribute("aria-describedby") || "").split(" ")
      .filter(function (name) { return name && name !== id; });
    if (wrong) {
      const text = document.createElement("p");
      text.id = id;
      text.className = "ha-field__error";
      text.textContent = control.dataset.invalid || control.validationMessage;
      (control.closest(".ha-affix") || control).before(text);
      described.push(id);
      control.setAttribute("aria-invalid", "true");
    } else if (old) {
      control.removeAttribute("aria-invalid");
    }
    if (described.length) {
      control.setAttribute("aria-describedby", described.join(" "));
    } else {
      control.removeAttribute("aria-describedby");
    }
  };
  document.addEventListener("focusout", function (event) {
    if (event.target.matches(".ha-field input:not([type=radio], [type=checkbox]), .ha-field textarea")) {
      complain(event.target);
    }
  });
})();
