const form = document.getElementById("filter");
const items = [...document.querySelectorAll("[data-verdict]")];
const cases = items.filter((item) => item.matches("details"));
const sections = document.querySelectorAll("section.cases");

function apply() {
  const words = form.elements.text.value.toLowerCase().split(/\s+/);
  const verdict = form.elements.verdict.value;
  for (const item of items) {
    const hasText = words.every((word) => item.dataset.text.includes(word));
    const verdicts = item.dataset.verdict.split(" ");
    item.hidden = !(hasText && (verdict === "" || verdicts.includes(verdict)));
  }
  for (const section of sections) {
    section.hidden = section.querySelector("[data-verdict]:not([hidden])") === null;
  }
  const shown = cases.filter((item) => !item.hidden).length;
  form.querySelector("output").value = `${shown} of ${cases.length} results`;
}

// A link to a hidden case ends the filter.
function reveal() {
  const item = document.getElementById(location.hash.slice(1))?.closest("[data-verdict]");
  if (!item) return;
  if (item.hidden) {
    form.reset();
    apply();
  }
  item.open = true;
  item.scrollIntoView();
}

form.addEventListener("input", apply);
form.addEventListener("submit", (event) => event.preventDefault());
addEventListener("hashchange", reveal);
form.hidden = false;
apply();
reveal();
