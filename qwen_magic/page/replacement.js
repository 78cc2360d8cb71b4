/** Replace: first the difference, then Apply; after that, Undo. Each looks at the cell as it is by then. */
function addReplace(bar, id, code, notebook, words) {
  const begin = button(words.replace, () => open(""));
  bar.add(begin);

  function open(said) {
    const before = notebook.cell(id)?.sharedModel.getSource();
    bar.say(before === undefined ? words.gone : before === code ? words.same : said);
    if (before === undefined || before === code) return;
    const choices = element("div", { className: "qwen-magic-choices" });
    const view = element("div", { className: "qwen-magic-replacement" });
    view.append(differenceView(before, code, words.difference), choices);
    view.addEventListener("keydown", (event) => event.key === "Escape" && close());

    function close(said = "") {
      view.remove();
      begin.hidden = false;
      bar.say(said);
      begin.focus();
    }

    /** What is done to the cell, if it is there and still reads as expected. */
    function change(expected, done) {
      const cell = notebook.cell(id);
      if (!cell) return close(words.gone);
      return cell.sharedModel.getSource() === expected ? done(cell) : undefined;
    }

    const apply = button(words.apply, () => {
      const applied = change(before, (cell) => {
        cell.sharedModel.setSource(code);
        choices.replaceChildren(undo, run);
        undo.focus();
        bar.say(words.replaced);
        return true;
      });
      if (applied || !notebook.cell(id)) return;
      close();
      open(words.editedMeanwhile);
    });
    const undo = button(words.undo, () => {
      const undone = change(code, (cell) => {
        cell.sharedModel.setSource(before);
        return true;
      });
      if (notebook.cell(id)) close(undone ? words.undone : words.editedSince);
    });
    const run = button(words.runCell, () => {
      const cell = notebook.cell(id);
      if (!cell || !notebook.kernel) return bar.say(cell ? words.noKernel : words.gone);
      // What has the focus now goes with the old outputs.
      bar.row.closest(".jp-Notebook")?.focus();
      notebook.run(cell);
    });
    choices.append(apply, button(words.cancel, () => close()));
    begin.hidden = true;
    bar.row.append(view);
    apply.focus();
  }
}
