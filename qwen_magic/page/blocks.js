/** Colours the differences of an answer, and puts toolbars under its other code blocks. */
function blockToolbars(marker, found, notebook, words) {
  const { cell, metadata } = found;
  const blocks = [...marker.closest(".jp-RenderedMarkdown").querySelectorAll("pre:has(> code)")];
  const python = blocks.filter((block) => languageOf(block) === "python");
  const bars = [];
  for (const block of blocks) {
    const language = languageOf(block);
    if (language === "diff") {
      colourDifference(block, block.textContent.trimEnd().split("\n"));
      continue;
    }
    const last = block === python.at(-1);
    const code = (last && metadata.cell) || block.textContent.replace(/\n+$/, "");
    if (!code.trim()) continue;
    const bar = toolbar(words.code);
    if (language === "python") {
      addInsert(bar, cell, code, notebook, words);
      if (last && metadata.replaces) addReplace(bar, metadata.replaces, metadata.whole ?? code, notebook, words);
    }
    bar.add(copyButton(bar, code, words));
    if (["html", "svg", "xml"].includes(language)) addPreview(bar, code, words);
    block.after(bar.row);
    bars.push(bar.row);
  }
  return bars;
}

function languageOf(block) {
  const named = block.querySelector("code")?.className.match(/\blanguage-(\S+)/);
  return named ? named[1].toLowerCase() : "";
}

function copyButton(bar, code, words) {
  return button(words.copy, async () => bar.say((await copyText(code)) ? words.copied : words.notCopied));
}

function addInsert(bar, cell, code, notebook, words) {
  const insert = button(words.insert, () => {
    notebook.insertBelow(cell, code);
    bar.say(words.inserted);
  });
  const run = button(words.run, async () => {
    if (!notebook.kernel) return bar.say(words.noKernel);
    bar.say(words.running);
    const status = await notebook.run(notebook.insertBelow(cell, code));
    bar.say(status === "aborted" ? words.aborted : "");
  });
  bar.add(insert, run);
}
