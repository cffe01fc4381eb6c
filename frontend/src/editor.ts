/**
 * A lesson's text as its author sees it: a textarea of HTML becomes an editor with just the marks that the server
 * keeps (courses/html.py). The buttons, in the author's language, stand in <template id="editor-tools">, and what they
 * ask for in the dialogs beside it.
 */
import { baseKeymap, chainCommands, exitCode, setBlockType, toggleMark, wrapIn } from "prosemirror-commands";
import { history, redo, undo } from "prosemirror-history";
import { keymap } from "prosemirror-keymap";
import { DOMSerializer, DOMParser as ModelParser, type MarkSpec, type Node, type NodeSpec, Schema } from "prosemirror-model";
import { liftListItem, sinkListItem, splitListItem, wrapInList } from "prosemirror-schema-list";
import { type Command, EditorState, NodeSelection, TextSelection } from "prosemirror-state";
import { addColumnAfter, addRowAfter, deleteColumn, deleteRow, deleteTable, isInTable, tableEditing, tableNodes } from "prosemirror-tables";
import { EditorView, type NodeView } from "prosemirror-view";
import { ask, fieldOf } from "./lib/ask";

const block = (tag: string, content = "inline*", extra: NodeSpec = {}): NodeSpec => ({
  content,
  group: "block",
  parseDOM: [{ tag }],
  toDOM: () => [tag, 0],
  ...extra,
});
const mark = (tag: string, ...others: string[]): MarkSpec => ({
  parseDOM: [tag, ...others].map((name) => ({ tag: name })),
  toDOM: () => [tag, 0],
});

const schema = new Schema({
  nodes: {
    doc: { content: "block+" },
    paragraph: block("p"),
    heading: {
      ...block("h2"),
      attrs: { level: { default: 2 } },
      defining: true,
      parseDOM: [1, 2, 3, 4].map((level) => ({ tag: `h${level}`, attrs: { level: Math.max(level, 2) } })),
      toDOM: (node) => [`h${node.attrs.level}`, 0],
    },
    blockquote: block("blockquote", "block+", { defining: true }),
    bullet_list: block("ul", "list_item+"),
    ordered_list: block("ol", "list_item+", {
      attrs: { start: { default: null } },
      parseDOM: [{ tag: "ol", getAttrs: (dom) => ({ start: dom.getAttribute("start") }) }],
      toDOM: (node) => ["ol", node.attrs.start ? { start: node.attrs.start } : {}, 0],
    }),
    list_item: { content: "paragraph block*", defining: true, parseDOM: [{ tag: "li" }], toDOM: () => ["li", 0] },
    definitions: block("dl", "(term | meaning)+"),
    term: { content: "inline*", defining: true, parseDOM: [{ tag: "dt" }], toDOM: () => ["dt", 0] },
    meaning: { content: "inline*", defining: true, parseDOM: [{ tag: "dd" }], toDOM: () => ["dd", 0] },
    code_block: block("pre", "text*", { marks: "", code: true, defining: true }),
    horizontal_rule: { group: "block", parseDOM: [{ tag: "hr" }], toDOM: () => ["hr"] },
    ...tableNodes({ tableGroup: "block", cellContent: "inline*", cellAttributes: {} }),
    text: { group: "inline" },
    hard_break: { group: "inline", inline: true, selectable: false, parseDOM: [{ tag: "br" }], toDOM: () => ["br"] },
    image: {
      group: "inline",
      inline: true,
      // Without an alt nobody said what it shows, an empty one is decoration; its size keeps its place until it is there.
      attrs: { src: { default: "" }, alt: { default: null }, width: { default: null }, height: { default: null } },
      parseDOM: [
        {
          tag: "img[src]",
          getAttrs: (dom) => Object.fromEntries(["src", "alt", "width", "height"].map((name) => [name, dom.getAttribute(name)])),
        },
      ],
      toDOM: ({ attrs }) => ["img", Object.fromEntries(Object.entries(attrs).filter(([, value]) => value !== null))],
    },
    formula: {
      group: "inline",
      inline: true,
      atom: true,
      attrs: { tex: { default: "" }, display: { default: "inline" } },
      parseDOM: [
        {
          tag: "span[data-tex]",
          getAttrs: (dom) => ({ tex: dom.textContent, display: dom.getAttribute("data-tex") === "block" ? "block" : "inline" }),
        },
      ],
      toDOM: ({ attrs }) => ["span", { "data-tex": attrs.display }, attrs.tex],
    },
  },
  marks: {
    link: {
      attrs: { href: {} },
      inclusive: false,
      parseDOM: [{ tag: "a[href]", getAttrs: (dom) => ({ href: dom.getAttribute("href") }) }],
      toDOM: (link) => ["a", { href: link.attrs.href }, 0],
    },
    strong: mark("strong", "b"),
    em: mark("em", "i"),
    u: mark("u"),
    s: mark("s"),
    sub: mark("sub"),
    sup: mark("sup"),
    code: mark("code"),
  },
});
const { nodes, marks } = schema;

const insertTable: Command = (state, dispatch) => {
  const { table, table_row: row, table_cell: cell, table_header: header } = nodes;
  if (!table || !row || !cell || !header) return false;
  const line = (kind: typeof cell) => row.createChecked(null, [kind.createChecked(), kind.createChecked()]);
  const changed = state.tr.replaceSelectionWith(table.createChecked(null, [line(header), line(cell), line(cell)]));
  dispatch?.(changed.setSelection(TextSelection.near(changed.doc.resolve(state.selection.from + 1))).scrollIntoView());
  return true;
};

const breakLine: Command = chainCommands(exitCode, (state, dispatch) => {
  dispatch?.(state.tr.replaceSelectionWith(nodes.hard_break.create()).scrollIntoView());
  return true;
});

/** Ask for an address and link what is selected; an empty one takes the link away. */
const link: Command = (state, dispatch, view) => {
  if (state.selection.empty) return false;
  if (!dispatch || !view) return true;
  const { from, to } = state.selection;
  let href = "";
  state.doc.nodesBetween(from, to, (node) => void (href ||= marks.link.isInSet(node.marks)?.attrs.href ?? ""));
  ask("ask-link", { href: href || "https://" }, (form) => {
    const address = fieldOf(form, "href").value.trim();
    const plain = view.state.tr.removeMark(from, to, marks.link);
    view.dispatch(address && address !== "https://" ? plain.addMark(from, to, marks.link.create({ href: address })) : plain);
  });
  return true;
};

const selected = (state: EditorState, kind: string): Node | null =>
  state.selection instanceof NodeSelection && state.selection.node.type.name === kind ? state.selection.node : null;

/** Ask for a picture and what it shows, or for what the selected one shows; the server keeps it. */
function picture(files?: FileList): Command {
  return (state, dispatch, view) => {
    if (!dispatch || !view) return state.selection.$from.parent.inlineContent;
    const old = selected(state, "image");
    ask("ask-picture", { alt: old?.attrs.alt ?? "", decorative: old?.attrs.alt === "", picture: old ? null : (files ?? "") }, async (form) => {
      const said = { alt: fieldOf(form, "decorative").checked ? "" : fieldOf(form, "alt").value.trim() };
      const attrs = old ? { ...old.attrs, ...said } : await upload(form);
      if (typeof attrs === "string") return attrs;
      if (!said.alt && !fieldOf(form, "decorative").checked) return form.dataset.unnamed;
      view.dispatch(view.state.tr.replaceSelectionWith(nodes.image.create(attrs), false).scrollIntoView());
    });
    return true;
  };
}

/** What became of a picture that was sent: its attributes, or in words why it is not taken. */
async function upload(form: HTMLFormElement): Promise<Record<string, unknown> | string> {
  try {
    const answer = await fetch(form.dataset.url ?? "", { method: "POST", body: new FormData(form), headers: { Accept: "application/json" } });
    const told = await answer.json();
    return answer.ok ? told : Object.values<string[]>(told.errors).flat().join(" ");
  } catch {
    return form.dataset.trouble ?? "";
  }
}

const formulasUrl = (): string => document.querySelector<HTMLElement>("#ask-formula form")?.dataset.url ?? "";

/** Ask for TeX; the server says whether it can be read. */
const formula: Command = (state, dispatch, view) => {
  if (!dispatch || !view) return state.selection.$from.parent.inlineContent;
  const old = selected(state, "formula");
  ask("ask-formula", { tex: old?.attrs.tex ?? "", block: old?.attrs.display === "block" }, async (form) => {
    const attrs = { tex: fieldOf(form, "tex").value.trim(), display: fieldOf(form, "block").checked ? "block" : "inline" };
    const [ok, words] = await drawn(attrs.tex, attrs.display);
    if (!ok) return words;
    view.dispatch(view.state.tr.replaceSelectionWith(nodes.formula.create(attrs), false).scrollIntoView());
  });
  return true;
};

/** A formula as learners see it; false and why, where it cannot be read. */
async function drawn(tex: string, display: string): Promise<[boolean, string]> {
  const answer = await fetch(`${formulasUrl()}?${new URLSearchParams({ tex, display })}`);
  return [answer.ok, await answer.text()];
}

class FormulaView implements NodeView {
  readonly dom = document.createElement("span");

  constructor(node: Node) {
    this.dom.className = "formula";
    this.dom.textContent = node.attrs.tex;
    void drawn(node.attrs.tex, node.attrs.display).then(([ok, words]) => {
      const math = ok && new DOMParser().parseFromString(words, "text/html").querySelector("math");
      if (math) this.dom.replaceChildren(document.adoptNode(math));
      else this.dom.classList.add("is-wrong");
    });
  }
}

const known: Record<string, Command> = {
  paragraph: setBlockType(nodes.paragraph),
  heading: setBlockType(nodes.heading, { level: 2 }),
  subheading: setBlockType(nodes.heading, { level: 3 }),
  strong: toggleMark(marks.strong),
  em: toggleMark(marks.em),
  bullet_list: wrapInList(nodes.bullet_list),
  ordered_list: wrapInList(nodes.ordered_list),
  blockquote: wrapIn(nodes.blockquote),
  link,
  picture: picture(),
  formula,
  table: insertTable,
  row: addRowAfter,
  column: addColumnAfter,
  "less-row": deleteRow,
  "less-column": deleteColumn,
  "no-table": deleteTable,
  undo,
  redo,
};

const keys = keymap({
  "Mod-z": undo,
  "Mod-y": redo,
  "Shift-Mod-z": redo,
  "Mod-b": toggleMark(marks.strong),
  "Mod-i": toggleMark(marks.em),
  "Mod-u": toggleMark(marks.u),
  "Mod-]": sinkListItem(nodes.list_item),
  "Mod-[": liftListItem(nodes.list_item),
  "Shift-Enter": breakLine,
  Enter: splitListItem(nodes.list_item),
});

/** Put an editor in the place of a textarea; what the form sends is still the textarea's HTML. */
function edit(textarea: HTMLTextAreaElement, tools: HTMLTemplateElement): void {
  const bar = (tools.content.cloneNode(true) as DocumentFragment).firstElementChild as HTMLElement;
  const source = new DOMParser().parseFromString(textarea.value, "text/html").body; // inert: nothing in it runs or loads
  const label = document.querySelector<HTMLLabelElement>(`label[for="${textarea.id}"]`);
  if (label) label.id = `${textarea.id}-label`;

  const holder = document.createElement("div");
  textarea.before(bar, holder);
  textarea.hidden = true;

  const view: EditorView = new EditorView(holder, {
    state: EditorState.create({
      doc: ModelParser.fromSchema(schema).parse(source),
      plugins: [history(), keys, keymap(baseKeymap), tableEditing()],
    }),
    nodeViews: { formula: (node) => new FormulaView(node) },
    handlePaste: (view, event) => take(view, event.clipboardData),
    handleDrop: (view, event) => take(view, event.dataTransfer),
    handleDoubleClickOn: (view, _pos, node) => {
      const edited = { formula, image: picture() }[node.type.name];
      return edited?.(view.state, view.dispatch, view) ?? false;
    },
    attributes: {
      id: `${textarea.id}-editor`,
      class: "prose textarea editor-text",
      role: "textbox",
      "aria-multiline": "true",
      "aria-labelledby": `${textarea.id}-label`,
      lang: textarea.lang,
    },
    dispatchTransaction(transaction) {
      view.updateState(view.state.apply(transaction));
      if (transaction.docChanged) {
        textarea.value = html(view);
        textarea.dispatchEvent(new Event("input", { bubbles: true }));
      }
      show();
    },
  });

  /** Pressed where the cursor stands in such a mark; out of use where the command could do nothing. */
  function show(): void {
    const { from, $from, to, empty } = view.state.selection;
    for (const button of bar.querySelectorAll<HTMLButtonElement>("[data-command]")) {
      const name = button.dataset.command ?? "";
      const type = marks[name as keyof typeof marks];
      const on = type && (empty ? type.isInSet(view.state.storedMarks ?? $from.marks()) : view.state.doc.rangeHasMark(from, to, type));
      if (type) button.setAttribute("aria-pressed", String(Boolean(on)));
      button.disabled = !known[name]?.(view.state);
    }
    bar.querySelector<HTMLElement>("[data-in-table]")?.toggleAttribute("hidden", !isInTable(view.state));
  }

  bar.addEventListener("click", (event) => {
    const button = (event.target as Element).closest<HTMLButtonElement>("[data-command]");
    if (!button) return;
    known[button.dataset.command ?? ""]?.(view.state, view.dispatch, view);
    view.focus();
  });
  label?.addEventListener("click", () => view.focus());
  show();
}

/** A picture that is pasted or dropped in is asked what it shows. */
function take(view: EditorView, data: DataTransfer | null): boolean {
  if (!data?.files[0]?.type.startsWith("image/")) return false;
  return picture(data.files)(view.state, view.dispatch, view);
}

function html(view: EditorView): string {
  if (view.state.doc.childCount === 1 && view.state.doc.firstChild?.content.size === 0) return "";
  const holder = document.createElement("div");
  holder.append(DOMSerializer.fromSchema(schema).serializeFragment(view.state.doc.content));
  return holder.innerHTML;
}

const tools = document.querySelector<HTMLTemplateElement>("#editor-tools");
if (tools) for (const textarea of document.querySelectorAll<HTMLTextAreaElement>("textarea[data-editor]")) edit(textarea, tools);
