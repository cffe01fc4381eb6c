/**
 * What is drawn on slides, and where the teacher points. The lines stand in an SVG that lies over the picture and is
 * measured in per mille of the slide, so that they fit every size of it.
 */
import { type Connection, type Happening, newKey } from "./connection";

const SVG = "http://www.w3.org/2000/svg";
const MOST_NUMBERS = 400;
const NEAR = 4; // per mille: what is nearer to the last point is left out
const POINT_EVERY = 200;
const POINTER_STAYS = 4_000;

/** Show what is drawn on a page, and no more of any other. */
export function showInk(area: HTMLElement, page: number, width: number, height: number): void {
  const sheet = area.querySelector("[data-sheet]");
  area.querySelector("[data-ink]")?.setAttribute("viewBox", `0 0 ${width} ${height}`);
  sheet?.setAttribute("transform", `scale(${width / 1000} ${height / 1000})`);
  for (const layer of sheet?.querySelectorAll("[data-on]") ?? []) layer.toggleAttribute("hidden", layer.getAttribute("data-on") !== String(page));
  sheet?.querySelector("[data-pointer]")?.toggleAttribute("hidden", true);
}

function layerOf(area: HTMLElement, page: number): Element {
  const sheet = area.querySelector("[data-sheet]")!;
  const there = sheet.querySelector(`[data-on="${page}"]`);
  if (there) return there;
  const layer = document.createElementNS(SVG, "g");
  layer.setAttribute("data-on", String(page));
  layer.toggleAttribute("hidden", area.dataset.turned !== String(page));
  sheet.prepend(layer);
  return layer;
}

function addLine(layer: Element, color: string, points: readonly number[]): Element {
  const line = document.createElementNS(SVG, "polyline");
  line.setAttribute("class", `ink ink-${color}`);
  line.setAttribute("points", points.join(" "));
  layer.append(line);
  return line;
}

/** Follow the lines and the pointer of a class; `attach` gives who teaches the tools of a new part of the page. */
export function followInk(live: Connection, areaNow: () => HTMLElement): { attach: (area: HTMLElement) => void } {
  let tool = "";
  let quiet = 0;
  const isOfOpenDeck = (event: Happening): boolean => Boolean(areaNow().dataset.base?.includes(String(event.deck)));

  live.on("stroke", (event) => {
    const area = areaNow();
    if (!isOfOpenDeck(event) || area.querySelector(`[data-ink] [data-seq="${event.seq}"]`)) return;
    area.querySelector(`[data-ink] [data-key="${event.key}"]`)?.remove();
    addLine(layerOf(area, Number(event.page)), String(event.color), event.points as number[]).setAttribute("data-seq", String(event.seq));
  });
  live.on("erase", (event) => {
    if (!isOfOpenDeck(event)) return;
    const layer = layerOf(areaNow(), Number(event.page));
    if (event.of) layer.querySelector(`[data-seq="${event.of}"]`)?.remove();
    else layer.replaceChildren();
  });
  live.onFrame("error", (frame) => {
    if (frame.ref) areaNow().querySelector(`[data-ink] [data-key="${frame.ref}"]`)?.remove(); // a line that was refused
  });
  live.onFrame("news", (frame) => {
    if (!frame.passing || !("pointer" in frame.passing)) return;
    const area = areaNow();
    const place = frame.passing.pointer as { x: number; y: number } | null;
    const isInSight = Boolean(place) && area.dataset.turned === area.dataset.page;
    const pointer = area.querySelector("[data-pointer]");
    pointer?.toggleAttribute("hidden", !isInSight);
    if (place) pointer?.setAttribute("d", `M${place.x} ${place.y}h.01`);
    tellPointing(area, isInSight);
    window.clearTimeout(quiet);
    if (place) quiet = window.setTimeout(() => pointer?.toggleAttribute("hidden", true), POINTER_STAYS);
  });

  /** Say once that the teacher points, to whoever does not see it. */
  function tellPointing(area: HTMLElement, isPointing: boolean): void {
    const place = area.querySelector<HTMLElement>("[data-pointing]");
    const words = isPointing ? (place?.dataset.words ?? "") : "";
    if (place && place.textContent !== words) place.textContent = words;
  }

  function attach(area: HTMLElement): void {
    const tools = area.querySelector<HTMLElement>("[data-tools]");
    const ink = area.querySelector<SVGSVGElement>("[data-ink]");
    if (!tools || !ink) return;
    tools.hidden = false;
    const take = (wanted: string): void => {
      if (tool === "point" && wanted !== "point") live.send("point");
      tool = wanted;
      for (const each of tools.querySelectorAll<HTMLElement>("[data-tool]")) each.setAttribute("aria-pressed", String(each.dataset.tool === tool));
      ink.classList.toggle("is-at-work", Boolean(tool));
    };
    for (const each of tools.querySelectorAll<HTMLElement>("[data-tool]")) {
      each.addEventListener("click", () => take(tool === each.dataset.tool ? "" : each.dataset.tool!));
    }
    take(tool);
    workOn(area, ink);
  }

  function workOn(area: HTMLElement, ink: SVGSVGElement): void {
    let points: number[] = [];
    let line: Element | null = null;
    let pointedAt = 0;

    function placeOf(event: PointerEvent): [number, number] {
      const matrix = ink.querySelector<SVGGElement>("[data-sheet]")!.getScreenCTM()!.inverse();
      const at = new DOMPoint(event.clientX, event.clientY).matrixTransform(matrix);
      return [at.x, at.y].map((each) => Math.min(1000, Math.max(0, Math.round(each)))) as [number, number];
    }

    function finish(): void {
      if (!line) return;
      if (points.length === 2) points.push(...points); // a dot
      const key = newKey();
      line.setAttribute("data-key", key);
      const fields = { page: Number(area.dataset.turned), color: tool, points, key, ref: key };
      if (!live.send("draw", fields)) line.remove();
      line = null;
      points = [];
    }

    function draw(event: PointerEvent): void {
      const [x, y] = placeOf(event);
      if (points.length && Math.hypot(x - points.at(-2)!, y - points.at(-1)!) < NEAR) return;
      points.push(x, y);
      line!.setAttribute("points", points.join(" "));
      if (points.length < MOST_NUMBERS) return;
      finish(); // and go on with the next line from here
      points = [x, y];
      line = addLine(layerOf(area, Number(area.dataset.turned)), tool, points);
    }

    ink.addEventListener("pointerdown", (event) => {
      if (!tool || tool === "point" || !event.isPrimary) return;
      ink.setPointerCapture(event.pointerId);
      line = addLine(layerOf(area, Number(area.dataset.turned)), tool, []);
      draw(event);
    });
    ink.addEventListener("pointermove", (event) => {
      if (line) draw(event);
      if (tool !== "point" || event.timeStamp - pointedAt < POINT_EVERY) return;
      pointedAt = event.timeStamp;
      const [x, y] = placeOf(event);
      live.send("point", { x, y });
    });
    for (const end of ["pointerup", "pointercancel"]) ink.addEventListener(end, finish);
    ink.addEventListener("pointerleave", () => tool === "point" && live.send("point"));
  }

  return { attach };
}
