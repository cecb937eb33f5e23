const form = document.getElementById("search");
const list = document.getElementById("found");
const LONGEST = 30;

function apply() {
  const words = form.elements.text.value.toLowerCase().split(/\s+/).filter((word) => word !== "");
  list.replaceChildren();
  if (words.length === 0) {
    form.querySelector("output").value = "";
    return;
  }
  const found = index.filter(([name, text]) => {
    const all = `${name} ${text}`.toLowerCase();
    return words.every((word) => all.includes(word));
  });
  for (const [name, text, address] of found.slice(0, LONGEST)) {
    const link = document.createElement("a");
    link.href = address;
    link.textContent = name;
    const about = document.createElement("span");
    about.className = "quiet";
    about.textContent = ` ${text}`;
    const item = document.createElement("li");
    item.append(link, about);
    list.append(item);
  }
  const rest = found.length > LONGEST ? `, the first ${LONGEST} are listed` : "";
  form.querySelector("output").value = `${found.length} of ${index.length} pages${rest}`;
}

form.addEventListener("input", apply);
form.addEventListener("submit", (event) => {
  event.preventDefault();
  list.querySelector("a")?.click();
});
form.hidden = false;
apply();
