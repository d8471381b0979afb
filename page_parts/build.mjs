// Builds the parts of others into the package: one file a part, its licence beside it, and a manifest that names them all.
// The files run in a page and in Python's JavaScript engine alike. Same lock, same bytes.
import { createHash } from "node:crypto";
import { copyFileSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const HERE = dirname(fileURLToPath(import.meta.url));
const PLACE = join(HERE, "..", "src", "contingent", "page_parts");
const BUILT = join(HERE, "node_modules", ".built");

const PARTS = [{ name: "milsymbol", entry: "milsymbol.js", use: "APP-6 and MIL-STD-2525 symbols" }];

rmSync(BUILT, { recursive: true, force: true });
mkdirSync(BUILT, { recursive: true });

const manifest = [];
for (const { name, entry, use } of PARTS) {
  const { version, license } = JSON.parse(readFileSync(join(HERE, "node_modules", name, "package.json"), "utf8"));
  const file = `${name}.js`;
  const licenceFile = `${name}.licence.txt`;
  await build({
    absWorkingDir: HERE,
    entryPoints: [entry],
    outfile: join(BUILT, file),
    bundle: true,
    format: "iife",
    target: "es2020",
    charset: "ascii",
    minify: true,
    legalComments: "none",
    banner: { js: `/* ${name} ${version}, ${license}: see ${licenceFile} */` },
    logLevel: "warning",
  });
  copyFileSync(join(HERE, "node_modules", name, "LICENSE"), join(BUILT, licenceFile));
  const bytes = readFileSync(join(BUILT, file));
  manifest.push({
    name, version, licence: license, use, file, licence_file: licenceFile,
    bytes: bytes.length, sha256: createHash("sha256").update(bytes).digest("hex"),
  });
}
writeFileSync(join(BUILT, "manifest.json"), JSON.stringify(manifest, null, 2) + "\n");
// All at once, so that nobody who reads meanwhile finds half of them.
rmSync(PLACE, { recursive: true, force: true });
renameSync(BUILT, PLACE);
