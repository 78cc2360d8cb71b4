/** The buttons of the line under a traceback, in the place of the commands that it names. */
function failureToolbar(marker, { cell, metadata }, notebook, words) {
  const bar = toolbar(words.failure);
  const buttons = ["fix", "explain"].map((verb) =>
    button(words[verb], async () => {
      if (!notebook.kernel) return bar.say(words.noKernel);
      for (const each of buttons) each.disabled = true;
      try {
        await notebook.ask(cell, `%qwen ${verb} ${Number(metadata.failure)}`);
      } finally {
        for (const each of buttons) each.disabled = false;
      }
    }),
  );
  bar.add(...buttons);
  marker.hidden = true;
  marker.after(bar.row);
  return [bar.row];
}
