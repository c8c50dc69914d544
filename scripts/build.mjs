// Bundles src/main.ts and its npm dependencies into dist/clutch.mjs, and the launcher alone into dist/xx.cjs: it is
// typed all day, and needs none of the packages. What is called for every command is in dist/mouth.mjs.
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { buildMouth } from './build-mouth.mjs'

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
// CommonJS, which Node starts sooner.
await build({
  ...common,
  entryPoints: ['src/xx.ts'],
  outfile: 'dist/xx.cjs',
  format: 'cjs',
  define: { 'import.meta.url': '__bundleUrl' },
  banner: { js: "const __bundleUrl = require('node:url').pathToFileURL(__filename).href" },
  minify: true,
})
await buildMouth(root, common)
