/**
 * A lesson's text as its author sees it: a textarea of HTML becomes an editor with just the marks that the server
 * keeps (courses/html.py). The buttons, in the author's language, stand in <template id="editor-tools">.
 */
import { baseKeymap, chainCommands, exitCode, setBlockType, toggleMark, wrapIn } from "prosemirror-commands";
import { history, redo, undo } from "prosemirror-history";
import { keymap } from "prosemirror-keymap";
import { DOMSerializer, DOMParser as ModelParser, type MarkSpec, type NodeSpec, Schema } from "prosemirror-model";
import { liftListItem, sinkListItem, splitListItem, wrapInList } from "prosemirror-schema-list";
import { type Command, EditorState, TextSelection } from "prosemirror-state";
import { addColumnAfter, addRowAfter, deleteColumn, deleteRow, deleteTable, isInTable, tableEditing, tableNodes } from "prosemirror-tables";
import { EditorView } from "prosemirror-view";

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
      attrs: { src: { default: "" }, alt: { default: "" } },
      parseDOM: [
        {
          tag: "img[src]",
          getAttrs: (dom) => ({ src: dom.getAttribute("src"), alt: dom.getAttribute("alt") ?? "" }),
        },
      ],
      toDOM: (node) => ["img", node.attrs],
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
function linkTo(question: string): Command {
  return (state, dispatch, view) => {
    if (state.selection.empty) return false;
    if (!dispatch || !view) return true;
    const found = state.doc.rangeHasMark(state.selection.from, state.selection.to, marks.link);
    const href = window.prompt(question, found ? "" : "https://");
    if (href === null) return false;
    const { from, to } = state.selection;
    const plain = state.tr.removeMark(from, to, marks.link);
    dispatch(href ? plain.addMark(from, to, marks.link.create({ href })) : plain);
    return true;
  };
}

const commands = (question: string): Record<string, Command> => ({
  paragraph: setBlockType(nodes.paragraph),
  heading: setBlockType(nodes.heading, { level: 2 }),
  subheading: setBlockType(nodes.heading, { level: 3 }),
  strong: toggleMark(marks.strong),
  em: toggleMark(marks.em),
  bullet_list: wrapInList(nodes.bullet_list),
  ordered_list: wrapInList(nodes.ordered_list),
  blockquote: wrapIn(nodes.blockquote),
  link: linkTo(question),
  table: insertTable,
  row: addRowAfter,
  column: addColumnAfter,
  "less-row": deleteRow,
  "less-column": deleteColumn,
  "no-table": deleteTable,
  undo,
  redo,
});

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
  const known = commands(tools.dataset.linkQuestion ?? "");
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

function html(view: EditorView): string {
  if (view.state.doc.childCount === 1 && view.state.doc.firstChild?.content.size === 0) return "";
  const holder = document.createElement("div");
  holder.append(DOMSerializer.fromSchema(schema).serializeFragment(view.state.doc.content));
  return holder.innerHTML;
}

const tools = document.querySelector<HTMLTemplateElement>("#editor-tools");
if (tools) for (const textarea of document.querySelectorAll<HTMLTextAreaElement>("textarea[data-editor]")) edit(textarea, tools);
