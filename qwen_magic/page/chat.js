/** The form below a conversation. What is said stands above it, as outputs of its cell, and is saved with them. */
function chatForm(marker, { cell }, notebook, words) {
  const bar = toolbar(words.conversation);
  const input = element("textarea", { rows: 2, placeholder: words.question });
  input.setAttribute("aria-label", words.question);
  const asked = [];
  let recalled = 0;

  async function send() {
    const question = input.value.trim();
    if (!question || sender.disabled) return;
    if (!notebook.kernel) return bar.say(words.noKernel);
    asked.push(question);
    recalled = asked.length;
    input.value = "";
    sender.disabled = true;
    bar.say("");
    try {
      await notebook.ask(cell, `%%qwen chat\n${question}`);
    } finally {
      sender.disabled = false;
      form.scrollIntoView({ block: "nearest" });
    }
  }

  /** Brings back an earlier or later question, unless the cursor is inside a text of several lines. */
  function recall(step) {
    const edge = step < 0 ? input.selectionStart === 0 : input.selectionEnd === input.value.length;
    const next = recalled + step;
    if (!(edge || input.value === asked[recalled]) || next < 0 || next > asked.length) return false;
    recalled = next;
    input.value = asked[recalled] ?? "";
    return true;
  }

  input.addEventListener("keydown", (event) => {
    if (event.isComposing) return; // Enter ends the input of a Chinese word
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      send();
    } else if (step && recall(step)) {
      event.preventDefault();
    }
  });

  const sender = button(words.send, send);
  const reset = button(words.reset, async () => {
    if (!notebook.kernel) return bar.say(words.noKernel);
    const opening = cell.outputs.get(0).toJSON();
    cell.outputs.clear();
    cell.outputs.add(opening);
    await notebook.ask(cell, "%qwen reset");
  });
  bar.add(sender, reset);
  const form = element("div", { className: "qwen-magic-chat" }, input, bar.row);
  isolateKeys(form);
  // Outputs that come later are put before it.
  marker.closest(".jp-OutputArea").append(form);
  return [form];
}
