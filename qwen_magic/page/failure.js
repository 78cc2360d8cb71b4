/** The buttons of the line under a traceback, in the place of the commands that it names. */
function failureToolbar(marker, found, notebook, words) {
  const bar = toolbar(words.failure);
  const buttons = ["fix", "explain"].map((verb) =>
    button(words[verb], async () => {
      if (!notebook.kernel) return bar.say(words.noKernel);
      setBusy(buttons, true);
      await notebook.ask(found, `%qwen ${verb} ${Number(found.metadata.failure)}`);
      setBusy(buttons, false);
    }),
  );
  bar.add(...buttons);
  marker.hidden = true;
  marker.after(bar.row);
  return [bar.row];
}
