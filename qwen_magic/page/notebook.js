/** The notebook of one document context: JupyterLab's and Notebook 7's, which share its model. */
class Notebook {
  #context;
  #futures = new WeakMap(); // of cells that we ran
  #inserted = new Map(); // cell id -> id of the cell that was last inserted below it

  constructor(context) {
    this.#context = context;
  }

  get kernel() {
    return this.#context.sessionContext.session?.kernel ?? null;
  }

  /** The cells with their places. */
  *#cells() {
    if (this.#context.isDisposed) return;
    const cells = this.#context.model.cells;
    for (let index = 0; index < cells.length; index++) {
      yield [cells.get(index), index];
    }
  }

  #place(id) {
    for (const [cell, index] of this.#cells()) {
      if (cell.id === id) return index;
    }
    return -1;
  }

  /** The cell with this id, or undefined. */
  cell(id) {
    const index = this.#place(id);
    return index < 0 ? undefined : this.#context.model.cells.get(index);
  }

  /** The cell and the output that a marker in the page is part of, and what the output's metadata says. */
  output(marker) {
    const found = [];
    for (const [cell, place] of this.#cells()) {
      for (const output of each(cell.outputs)) {
        const metadata = output.metadata?.qwen_magic;
        if (metadata?.mark === marker.className) found.push({ cell, output, metadata, place });
      }
    }
    // A copy of a cell bears the same marks.
    const shown = Number(marker.closest("[data-windowed-list-index]")?.dataset.windowedListIndex);
    return found.find(({ place }) => place === shown) ?? found[0];
  }

  /** A new code cell below another one, and below those that were inserted there before: blocks keep their order. */
  insertBelow(cell, source) {
    let place = this.#place(this.#inserted.get(cell.id));
    if (place < 0) place = this.#place(cell.id);
    const made = this.#context.model.sharedModel.insertCell(place + 1, { cell_type: "code", source, metadata: {} });
    this.#inserted.set(cell.id, made.id);
    return this.cell(made.id);
  }

  interrupt() {
    return this.kernel?.interrupt();
  }

  /** Runs a cell as the frontend does. */
  async run(cell) {
    cell.trusted = true;
    cell.outputs.clear();
    cell.sharedModel.execution_count = null;
    cell.executionState = "running";
    try {
      const reply = await this.#execute(cell, cell.sharedModel.getSource(), true);
      cell.sharedModel.execution_count = reply?.execution_count ?? null;
      return reply?.status;
    } finally {
      cell.executionState = "idle";
    }
  }

  /** Runs code that is not in the notebook, and shows what it shows below an output, for as long as that is there. */
  ask({ cell, output }, code) {
    return this.#execute(cell, code, false, () => placeOf(cell.outputs, output) >= 0);
  }

  /** The content of the kernel's reply; undefined if the cell was run again before it came. */
  async #execute(cell, code, store_history, wanted = () => true) {
    this.#futures.get(cell)?.dispose();
    const content = { code, store_history, allow_stdin: true, stop_on_error: true };
    // Kept when it is done: displays of a cell can change later.
    const future = this.kernel.requestExecute(content, false, { cellId: cell.id });
    this.#futures.set(cell, future);
    const shown = new Map();
    future.onIOPub = (message) => (wanted() ? show(cell.outputs, shown, message) : future.dispose());
    future.onStdin = ({ header, content: { prompt } }) => {
      if (header.msg_type !== "input_request") return;
      future.sendInputReply({ status: "ok", value: window.prompt(prompt) ?? "" }, header);
    };
    try {
      return (await future.done).content;
    } catch {
      return undefined; // disposed of
    }
  }
}

function* each(outputs) {
  for (let index = 0; index < (outputs?.length ?? 0); index++) yield outputs.get(index);
}

function placeOf(outputs, output) {
  return [...each(outputs)].indexOf(output);
}

/** Adds a kernel's message to outputs; `shown` has the outputs of displays that may be updated. */
function show(outputs, shown, { header: { msg_type }, content }) {
  const { transient, ...output } = content;
  const display = transient?.display_id;
  switch (msg_type) {
    case "update_display_data":
      for (const [number, old] of (shown.get(display) ?? []).entries()) {
        const place = placeOf(outputs, old);
        if (place < 0) continue;
        outputs.set(place, { ...output, output_type: "display_data" });
        shown.get(display)[number] = outputs.get(place);
      }
      break;
    case "clear_output":
      outputs.clear(content.wait);
      shown.clear();
      break;
    case "stream":
    case "display_data":
    case "execute_result":
    case "error": {
      const length = outputs.add({ ...output, output_type: msg_type });
      if (display) shown.set(display, [...(shown.get(display) ?? []), outputs.get(length - 1)]);
    }
  }
}
