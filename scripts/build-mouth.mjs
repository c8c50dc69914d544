// Bundles what is called for every command, `clutch run` and its like: dist/mouth.cjs is all that `clutch run` needs for
// a command that prints nothing, one small file, CommonJS because Node starts that sooner; what it reads later, when it
// is needed, is in dist/mouth/.
import { readdirSync, rmSync } from 'node:fs'
import { basename, join } from 'node:path'
import { build } from 'esbuild'

/** Read at once although it is called late: it is what is called most. */
const FIRST = 'run-command'

export async function buildMouth(root, common) {
  const later = {}
  const readLater = {
    name: 'read-later',
    setup: ({ onResolve }) =>
      onResolve({ filter: /^\./ }, ({ kind, path, resolveDir }) => {
        const name = basename(path, '.ts')
        if (kind !== 'dynamic-import' || name === FIRST) return undefined
        later[name] = join(resolveDir, path)
        return { path: `./mouth/${name}.mjs`, external: true }
      }),
  }
  // No CommonJS in it, and every import costs.
  const ours = { ...common, minify: true, banner: {} }
  await build({
    ...ours,
    entryPoints: ['src/mouth.ts'],
    outfile: 'dist/mouth.cjs',
    format: 'cjs',
    plugins: [readLater],
  })
  const { metafile } = await build({
    ...ours,
    entryPoints: later,
    outdir: 'dist/mouth',
    outExtension: { '.js': '.mjs' },
    chunkNames: '[name]-[hash]',
    splitting: true,
    metafile: true,
  })
  for (const name of readdirSync(join(root, 'dist', 'mouth')))
    if (!(`dist/mouth/${name}` in metafile.outputs)) rmSync(join(root, 'dist', 'mouth', name))
}
