/** The lines of two texts as {sign, text}: "-" only before, "+" only after, " " in both (longest common subsequence). */
function lineDifference(before, after) {
  const a = before.split("\n");
  const b = after.split("\n");
  const common = Array.from({ length: a.length + 1 }, () => new Array(b.length + 1).fill(0));
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      common[i][j] = a[i] === b[j] ? common[i + 1][j + 1] + 1 : Math.max(common[i + 1][j], common[i][j + 1]);
    }
  }
  const lines = [];
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      lines.push({ sign: " ", text: a[i++] });
      j++;
    } else if (i < a.length && (j === b.length || common[i + 1][j] >= common[i][j + 1])) {
      lines.push({ sign: "-", text: a[i++] });
    } else {
      lines.push({ sign: "+", text: b[j++] });
    }
  }
  return lines;
}

/** A difference to look at. */
function differenceView(before, after, label) {
  const view = element("pre", { tabIndex: 0 });
  view.setAttribute("aria-label", label);
  colourDifference(view, lineDifference(before, after).map(({ sign, text }) => `${sign} ${text}`));
  return view;
}

/** Shows lines in an element, those that begin with + or - for what they are. */
function colourDifference(view, lines) {
  view.classList.add("qwen-magic-difference");
  view.replaceChildren(
    ...lines.map((line) => {
      const tag = { "-": "del", "+": "ins" }[line[0]] ?? "span";
      return element(tag, { textContent: `${line}\n` });
    }),
  );
}
