// Runs once a kernel and page, shows nothing by itself, and puts buttons next to what qwen_magic has shown. They are in
// the page only: what is saved is text, and a frontend whose notebook cannot be reached has no button that does nothing.

const ADDERS = { answer: blockToolbars, failure: failureToolbar, chat: chatForm };

function initialize({ model }) {
  // JupyterLab's and Notebook 7's widget manager; others have no context, or one without a notebook.
  const context = model.widget_manager?.context;
  if (!context?.model?.cells || !context.sessionContext) return;
  // A saved state of widgets outlives its kernel.
  const kernel = model.get("kernel");
  if (kernel && context.sessionContext.session?.kernel?.id !== kernel) return;
  model.set("locale", document.documentElement.lang || "");
  model.save_changes();

  const notebook = new Notebook(context);
  let words;
  const token = model.get("token");
  const running = `qwen-magic-running-${token}`;
  const ours = `qwen-magic-added-${token}`;
  let seen;

  function decorate() {
    for (const marker of document.querySelectorAll(`[class^="qwen-magic-${token}-"]`)) {
      if (seen.has(marker)) continue;
      const found = notebook.output(marker);
      if (!found) continue;
      seen.add(marker);
      for (const node of ADDERS[found.metadata.kind](marker, found, notebook, words)) add(node, marker);
    }
    for (const row of document.getElementsByClassName(running)) {
      if (seen.has(row)) continue;
      seen.add(row);
      const stop = stopButton(row, notebook, words);
      row.append(stop);
      add(stop, row);
    }
    // A form outlives what it was put below when its cell is run again.
    for (const node of [...document.getElementsByClassName(ours)]) {
      if (!node.marker.isConnected) node.remove();
    }
  }

  function add(node, marker) {
    node.classList.add(ours);
    node.marker = marker;
  }

  let waiting = 0;
  const observer = new MutationObserver(() => {
    waiting ||= setTimeout(() => {
      waiting = 0;
      decorate();
    }, 50);
  });

  function begin() {
    words = wordsFor(model.get("language") || document.documentElement.lang || navigator.language);
    seen = new WeakSet();
    observer.observe(document.body, { childList: true, subtree: true });
    window.addEventListener("keydown", shieldKeys, true);
    decorate();
  }

  function end() {
    observer.disconnect();
    window.removeEventListener("keydown", shieldKeys, true);
    clearTimeout(waiting);
    waiting = 0;
    for (const node of [...document.getElementsByClassName(ours)]) {
      node.marker.hidden = false;
      node.remove();
    }
  }

  function speakAnew() {
    end();
    begin();
  }
  // A kernel that starts anew knows nothing of the extension.
  function follow(_, status) {
    if (["starting", "restarting", "autorestarting", "terminating", "dead"].includes(status)) leave();
  }
  function leave() {
    end();
    model.off("change:language", speakAnew);
    context.sessionContext.statusChanged.disconnect(follow);
    context.disposed.disconnect(leave);
  }
  begin();
  model.on("change:language", speakAnew);
  context.sessionContext.statusChanged.connect(follow);
  context.disposed.connect(leave); // the notebook is closed; the widget is not told
  return leave;
}

/** Stop interrupts the kernel: the one way that works while a cell runs, whatever its ipykernel. */
function stopButton(row, notebook, words) {
  const stop = button(words.stop, () => {
    setBusy([stop], true);
    stop.textContent = words.stopping;
    // The answer may have ended just now; the next cell is not to be interrupted.
    if (row.isConnected) notebook.interrupt();
  });
  isolateKeys(stop);
  return stop;
}

export default { initialize };
