// Builds the parts of others into the package: each part's files, its licence beside them, and a manifest that names them all.
// The files run in a page, and the symbols in Python's JavaScript engine too. Same lock, same bytes.
import { createHash } from "node:crypto";
import { copyFileSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const HERE = dirname(fileURLToPath(import.meta.url));
const MODULES = join(HERE, "node_modules");
const PLACE = join(HERE, "..", "src", "contingent", "page_parts");
const BUILT = join(MODULES, ".built");

// `bundle` is put together from an entry here; `copy` is taken as it is, from the package's own folder.
const PARTS = [
  { name: "milsymbol", use: "APP-6 and MIL-STD-2525 symbols", files: { "milsymbol.js": { bundle: "milsymbol.js", format: "iife" } } },
  { name: "htmx.org", use: "parts of pages that are fetched by themselves", files: { "htmx.js": { copy: "dist/htmx.min.js" } } },
  {
    name: "tabulator-tables",
    use: "grids that are edited in place",
    files: {
      "tabulator.js": { bundle: "tabulator.js", format: "esm" },
      "tabulator.css": { copy: "dist/css/tabulator_simple.min.css" },
    },
  },
  {
    name: "maplibre-gl",
    use: "the map",
    files: {
      "maplibre-gl.mjs": { copy: "dist/maplibre-gl.mjs" },
      "maplibre-gl-worker.mjs": { copy: "dist/maplibre-gl-worker.mjs" },
      "maplibre-gl.css": { copy: "dist/maplibre-gl.css" },
    },
  },
  // Its packages carry no licence file: the notice is that of their repository.
  {
    name: "terra-draw",
    use: "drawing on the map",
    licenceFrom: "terra-draw.licence.txt",
    files: { "terra-draw.js": { bundle: "terra-draw.js", format: "esm" } },
  },
  { name: "terra-draw-maplibre-gl-adapter", use: "drawing on this map, within terra-draw.js", licenceFrom: "terra-draw.licence.txt", files: {} },
  { name: "topojson-client", use: "shapes of countries", files: { "topojson.js": { bundle: "topojson.js", format: "esm" } } },
  {
    name: "world-atlas",
    use: "countries of the world, made from Natural Earth",
    files: { "countries-50m.json": { copy: "countries-50m.json" }, "countries-110m.json": { copy: "countries-110m.json" } },
  },
];

const LICENCES = ["LICENSE", "LICENSE.txt", "LICENSE.md"];
// Where the sources of a minified file lie is no concern of a page.
const MAP_OF_SOURCES = /\n?(?:\/\/# sourceMappingURL=\S+|\/\*# sourceMappingURL=\S+ \*\/)\s*$/;

rmSync(BUILT, { recursive: true, force: true });
mkdirSync(BUILT, { recursive: true });

const manifest = [];
for (const { name, use, files, licenceFrom } of PARTS) {
  const own = join(MODULES, name);
  const { version, license } = JSON.parse(readFileSync(join(own, "package.json"), "utf8"));
  const licenceFile = `${name}.licence.txt`;
  for (const [file, made] of Object.entries(files)) {
    if (made.copy) {
      writeFileSync(join(BUILT, file), readFileSync(join(own, made.copy), "utf8").replace(MAP_OF_SOURCES, "\n"));
      continue;
    }
    await build({
      absWorkingDir: HERE,
      entryPoints: [made.bundle],
      outfile: join(BUILT, file),
      bundle: true,
      format: made.format,
      target: made.format === "iife" ? "es2020" : "es2022",
      charset: "ascii",
      minify: true,
      legalComments: "none",
      banner: { js: `/* ${name} ${version}, ${license}: see ${licenceFile} */` },
      logLevel: "warning",
    });
  }
  const licence = licenceFrom ? join(HERE, licenceFrom) : LICENCES.map((each) => join(own, each)).find((each) => existsSync(each));
  copyFileSync(licence, join(BUILT, licenceFile));
  manifest.push({ name, version, licence: license, use, licence_file: licenceFile, files: Object.keys(files).map(described) });
}

function described(file) {
  const bytes = readFileSync(join(BUILT, file));
  return { file, bytes: bytes.length, sha256: createHash("sha256").update(bytes).digest("hex") };
}

writeFileSync(join(BUILT, "manifest.json"), JSON.stringify(manifest, null, 2) + "\n");
// All at once, so that nobody who reads meanwhile finds half of them.
rmSync(PLACE, { recursive: true, force: true });
renameSync(BUILT, PLACE);
