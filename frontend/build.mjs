// Builds frontend/dist, which Django serves as static files: `npm run build`, or `npm run watch` while working.
//   src/*.ts    one bundle per file; what several share lives in src/lib/
//   css/app.css Tailwind with the parts of daisyUI that are used
//   icons.txt   the names of the icons that are used, made into one SVG sprite
//   images/     copied as they are
import { spawn } from "node:child_process";
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";

const HERE = dirname(fileURLToPath(import.meta.url));
const DIST = join(HERE, "dist");
const SOURCES = join(HERE, "src");
const watch = process.argv.includes("--watch");
const packageDir = (name) => join(HERE, "..", "node_modules", name);

function makeSprite() {
  const names = readFileSync(join(HERE, "icons.txt"), "utf8").split(/\s+/).filter(Boolean);
  const symbols = names.map((name) => {
    const svg = readFileSync(join(packageDir("lucide-static"), "icons", `${name}.svg`), "utf8");
    const shapes = svg.replace(/^[\s\S]*?<svg[^>]*>/, "").replace(/<\/svg>\s*$/, "").replace(/\s*\n\s*/g, "");
    return `<symbol id="${name}" viewBox="0 0 24 24">${shapes}</symbol>`;
  });
  const licence = "<!-- Lucide icons, ISC licence, https://lucide.dev/license -->";
  const sprite = `<svg xmlns="http://www.w3.org/2000/svg">${licence}${symbols.join("")}</svg>\n`;
  writeFileSync(join(DIST, "icons.svg"), sprite);
}

function buildStyles() {
  const manifest = JSON.parse(readFileSync(join(packageDir("@tailwindcss/cli"), "package.json"), "utf8"));
  const cli = join(packageDir("@tailwindcss/cli"), Object.values(manifest.bin)[0]);
  const options = ["-i", join(HERE, "css", "app.css"), "-o", join(DIST, "app.css"), "--minify"];
  const child = spawn(process.execPath, [cli, ...options, ...(watch ? ["--watch=always"] : [])], {
    stdio: "inherit",
  });
  return new Promise((resolve, reject) => {
    child.on("exit", (code) => (code ? reject(new Error(`tailwindcss ended with ${code}`)) : resolve()));
  });
}

async function buildScripts() {
  const context = await esbuild.context({
    entryPoints: readdirSync(SOURCES).filter((name) => name.endsWith(".ts")).map((name) => join(SOURCES, name)),
    outdir: DIST,
    bundle: true,
    format: "esm",
    target: "es2020",
    minify: true,
    legalComments: "none",
    logLevel: "warning",
  });
  if (watch) return context.watch();
  await context.rebuild();
  await context.dispose();
}

if (!watch) rmSync(DIST, { recursive: true, force: true });
mkdirSync(DIST, { recursive: true });
cpSync(join(HERE, "images"), DIST, { recursive: true });
makeSprite();
await Promise.all([buildStyles(), buildScripts()]);
