// Bundles src/main.ts and its npm dependencies into dist/clutch.mjs, and the launcher alone into dist/xx.cjs: it is
// typed all day, and needs none of the packages. What is called for every command is in dist/mouth.cjs.
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { buildLauncher } from './build-launcher.mjs'
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
await buildLauncher(root)
await buildMouth(root, common)
