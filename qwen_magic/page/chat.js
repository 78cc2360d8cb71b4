/** The form below a conversation. What is said stands above it, as outputs of its cell, and is saved with them. */
function chatForm(marker, found, notebook, words) {
  const { cell, output } = found;
  const bar = toolbar(words.conversation);
  const input = element("textarea", { rows: 2, placeholder: words.question });
  input.setAttribute("aria-label", words.question);

  async function send() {
    const question = input.value.trim();
    if (!question || sender.ariaDisabled === "true") return;
    if (!notebook.kernel) return bar.say(words.noKernel);
    history.add(question);
    input.value = "";
    setBusy([sender], true);
    bar.say("");
    await notebook.ask(found, `%%qwen chat\n${question}`);
    setBusy([sender], false);
    form.scrollIntoView({ block: "nearest" });
  }

  async function forget() {
    if (!notebook.kernel) return bar.say(words.noKernel);
    if (sender.ariaDisabled === "true") await notebook.interrupt();
    const opening = output.toJSON();
    cell.outputs.clear();
    cell.outputs.add(opening);
    await notebook.ask({ cell, output: cell.outputs.get(0) }, "%qwen reset");
  }

  const sender = button(words.send, send);
  bar.add(sender, button(words.reset, forget));
  const history = recallInto(input);
  input.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing) return; // it ends the input of a Chinese word, too
    event.preventDefault();
    if (!event.shiftKey) return send();
    // JupyterLab keeps the browser from doing it; only this way can it be undone.
    document.execCommand("insertText", false, "\n");
  });
  const form = element("div", { className: "qwen-magic-chat" }, input, bar.row);
  isolateKeys(form);
  marker.hidden = true;
  // Outputs that come later are put before it.
  marker.closest(".jp-OutputArea").append(form);
  return [form];
}

/** Lets ↑ and ↓ at the edges of an input bring back what was added, and the draft in the end. */
function recallInto(input) {
  const asked = [];
  let place = 0;
  let draft = "";
  input.addEventListener("keydown", (event) => {
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (!step || event.isComposing) return;
    const edge = step < 0 ? input.selectionStart === 0 : input.selectionEnd === input.value.length;
    const next = place + step;
    if (!(edge || input.value === asked[place]) || next < 0 || next > asked.length) return;
    event.preventDefault();
    if (place === asked.length) draft = input.value;
    place = next;
    input.value = asked[place] ?? draft;
  });
  return {
    add(question) {
      asked.push(question);
      place = asked.length;
      draft = "";
    },
  };
}
