// Small pieces of a page. Text from a model or a notebook gets into it as textContent only, never as HTML.

function element(tag, properties = {}, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

/** A row of buttons in an output, with a place to say what a click did. */
function toolbar(label) {
  const said = element("span", { className: "qwen-magic-said" });
  said.setAttribute("role", "status");
  const row = element("div", { className: "qwen-magic-toolbar" }, said);
  row.setAttribute("role", "toolbar");
  row.setAttribute("aria-label", label);
  isolateKeys(row);
  return {
    row,
    say: (text) => (said.textContent = text),
    add: (...buttons) => said.before(...buttons),
  };
}

function button(label, action) {
  const made = element("button", { type: "button", className: "qwen-magic-button", textContent: label });
  made.addEventListener("click", () => made.ariaDisabled !== "true" && action(made));
  return made;
}

/** Lets buttons be of no use for a while. They keep the focus, which one that is disabled would lose. */
function setBusy(buttons, busy) {
  for (const each of buttons) each.ariaDisabled = String(busy);
}

/** Keys pressed in here are meant for what is in here, except those that save: in command mode, Enter edits the cell. */
function isolateKeys(node) {
  node.classList.add("qwen-magic-keys");
}

/** For the window, in the capture phase: JupyterLab asks for the attribute before an element hears of a key. */
function shieldKeys(event) {
  const inside = event.target.closest?.(".qwen-magic-keys");
  if (!inside) return;
  const saves = (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "s";
  // It looks from the element outwards, and asks each node whether the shortcut is meant for it first.
  for (const node of [inside, event.target]) node.toggleAttribute("data-lm-suppress-shortcuts", !saves);
}

/** Copies a text; false where the browser forbids it. */
async function copyText(text) {
  if (navigator.clipboard) {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch {
      // Not in the foreground, or forbidden: the old way may do.
    }
  }
  const area = element("textarea", { value: text, className: "qwen-magic-offscreen" });
  const focused = document.activeElement;
  document.body.append(area);
  area.select();
  const copied = document.execCommand("copy");
  area.remove();
  focused?.focus();
  return copied;
}
