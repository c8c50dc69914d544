// Bundles what is called for every command, `clutch run` and its like: dist/mouth.cjs is all that `clutch run` needs for
// a command that prints nothing, one small file; what is needed later is in dist/mouth/, whole in a file each, read when
// it is needed. CommonJS all of it: Node's other loader takes longer to start than most commands take.
import { readdirSync, rmSync } from 'node:fs'
import { basename, join } from 'node:path'
import { build } from 'esbuild'

/** It runs as a part of bin/clutch, and finds the others from there. */
const ENTRY = 'src/mouth.ts'

export async function buildMouth(root, common) {
  const parts = new Map([['mouth', { from: ENTRY, to: 'dist/mouth.cjs' }]])
  const readLater = (folder) => ({
    name: 'read-later',
    setup: ({ onResolve }) =>
      onResolve({ filter: /^[^/]/ }, ({ kind, path, resolveDir }) => {
        if (kind !== 'dynamic-import' || path.startsWith('node:')) return undefined
        const name = basename(path, '.ts')
        const from = path.startsWith('.') ? join(resolveDir, path) : path
        if (!parts.has(name)) parts.set(name, { from, to: `dist/mouth/${name}.cjs` })
        return { path: `${folder}${name}.cjs`, external: true }
      }),
  })
  // A map's loop sees what is added while it runs.
  for (const { from, to } of parts.values())
    await build({
      ...common,
      entryPoints: [from],
      outfile: to,
      format: 'cjs',
      // So that a dynamic import becomes a require.
      supported: { 'dynamic-import': false },
      minify: true,
      banner: {},
      plugins: [readLater(from === ENTRY ? '../dist/mouth/' : './')],
    })
  const made = new Set([...parts.keys()].flatMap((name) => [`${name}.cjs`, `${name}.cjs.map`]))
  const folder = join(root, 'dist', 'mouth')
  for (const name of readdirSync(folder)) if (!made.has(name)) rmSync(join(folder, name))
}
