// Bundles src/main.ts and its npm dependencies into dist/clutch.mjs, and the launcher alone into dist/xx.mjs: it is
// typed all day, and needs none of the packages. What is called for every command, `clutch run` and its like, begins at
// dist/mouth.mjs and reads the rest of itself from dist/mouth/ when it needs it.
import { readdirSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')

const common = {
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'esm',
  sourcemap: 'linked',
  legalComments: 'none',
  logLevel: 'warning',
  external: ['bufferutil', 'utf-8-validate'],
  // Bundled CommonJS packages call require() for node: modules.
  banner: {
    js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
  },
}

await build({ ...common, entryPoints: ['src/main.ts'], outfile: 'dist/clutch.mjs' })
await build({ ...common, entryPoints: ['src/xx.ts'], outfile: 'dist/xx.mjs', minify: true })

const { metafile } = await build({
  ...common,
  entryPoints: { mouth: 'src/mouth.ts' },
  outdir: 'dist',
  outExtension: { '.js': '.mjs' },
  chunkNames: 'mouth/[name]-[hash]',
  splitting: true,
  minify: true,
  metafile: true,
  // No CommonJS in it, and every import costs.
  banner: {},
})
for (const name of readdirSync(join(root, 'dist', 'mouth')))
  if (!(`dist/mouth/${name}` in metafile.outputs)) rmSync(join(root, 'dist', 'mouth', name))
