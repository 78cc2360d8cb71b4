// In a preview nothing loads from anywhere, and without a word of the user's nothing runs.
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
    const scripts = button(words.allowScripts, () => {
      // What a frame may do is fixed when it loads.
      view.querySelector("iframe").replaceWith(previewFrame(code, "allow-scripts"));
      scripts.remove();
      toggle.focus();
    });
    view = element("div", { className: "qwen-magic-preview" }, previewFrame(code, ""));
    if (/<script|[\s/]on\w+\s*=|javascript:/i.test(code)) view.append(scripts);
    bar.row.append(view);
    toggle.textContent = words.hide;
  });
  bar.add(toggle);
}

/** A frame in a frame: a document's own policy does not hold where it leads its reader, that of the one around it does. */
function previewFrame(code, permissions) {
  const inner = sandboxed(code, permissions);
  return sandboxed(`<style>html, body { height: 100%; margin: 0 }</style>${inner.outerHTML}`, permissions);
}

function sandboxed(content, permissions) {
  const frame = element("iframe", { title: "HTML", style: "width: 100%; height: 100%; border: none" });
  frame.setAttribute("sandbox", permissions);
  frame.setAttribute("srcdoc", `<meta http-equiv="Content-Security-Policy" content="${PREVIEW_POLICY}">${content}`);
  return frame;
}
