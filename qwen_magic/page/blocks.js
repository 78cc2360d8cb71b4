/** Colours the differences of an answer, and puts toolbars under its other code blocks. */
function blockToolbars(marker, { cell, metadata }, notebook, words) {
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
    const bar = toolbar(words.code);
    if (language === "python") {
      addInsert(bar, cell, code, notebook, words);
      if (last && metadata.replaces) addReplace(bar, metadata.replaces, code, notebook, words);
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
  const run = button(words.run, () => {
    if (!notebook.kernel) return bar.say(words.noKernel);
    notebook.run(notebook.insertBelow(cell, code));
    bar.say(words.running);
  });
  bar.add(insert, run);
}

/** Replace: first the difference, then Apply; after that, Undo. */
function addReplace(bar, id, code, notebook, words) {
  const begin = button(words.replace, () => {
    const target = notebook.cell(id);
    if (!target) return bar.say(words.gone);
    const before = target.sharedModel.getSource();
    if (before === code) return bar.say(words.same);
    const view = differenceView(before, code, words.difference);
    const choices = element("div", { className: "qwen-magic-choices" });
    const close = () => {
      view.remove();
      choices.remove();
      begin.hidden = false;
    };
    const cancel = button(words.cancel, () => {
      close();
      begin.focus();
    });
    const apply = button(words.apply, () => {
      target.sharedModel.setSource(code);
      apply.replaceWith(undo);
      cancel.replaceWith(button(words.runCell, () => notebook.run(target)));
      bar.say(words.replaced);
      undo.focus();
    });
    const undo = button(words.undo, () => {
      const untouched = target.sharedModel.getSource() === code;
      if (untouched) target.sharedModel.setSource(before);
      close();
      bar.say(untouched ? words.undone : words.editedSince);
      begin.focus();
    });
    begin.hidden = true;
    bar.say("");
    choices.append(apply, cancel);
    bar.row.append(view, choices);
    apply.focus();
  });
  bar.add(begin);
}

// In the preview nothing loads from anywhere, and without a word of the user's nothing runs.
const PREVIEW_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; script-src 'unsafe-inline'";

function addPreview(bar, code, words) {
  let view = null;
  const toggle = button(words.preview, () => {
    if (view) {
      view.remove();
      view = null;
      toggle.textContent = words.preview;
      return;
    }
    const frame = previewFrame(code, "");
    const scripts = button(words.allowScripts, () => {
      // What a frame may do is fixed when it loads.
      view.querySelector("iframe").replaceWith(previewFrame(code, "allow-scripts"));
      scripts.remove();
    });
    view = element("div", { className: "qwen-magic-preview" }, frame);
    if (/<script|\son\w+\s*=|javascript:/i.test(code)) view.append(scripts);
    bar.row.append(view);
    toggle.textContent = words.hide;
  });
  bar.add(toggle);
}

function previewFrame(code, permissions) {
  const frame = element("iframe", { title: "HTML" });
  frame.setAttribute("sandbox", permissions);
  frame.srcdoc = `<meta http-equiv="Content-Security-Policy" content="${PREVIEW_POLICY}">${code}`;
  return frame;
}
