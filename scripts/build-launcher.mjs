// Bundles the launcher into dist/xx.cjs, and whatever it loads only when it is needed into files beside it: it is typed
// all day, and most of what it can do has nothing to do with the line at hand. CommonJS, which Node starts sooner.
import { basename, dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

/** `outdir`: whole, or below `root`. */
export async function buildLauncher(root, outdir = 'dist') {
  const parts = new Map([[join(root, 'src/xx.ts'), 'xx']])
  const nameOf = (path) => {
    const name = parts.get(path) ?? `xx-${basename(dirname(path))}-${basename(path, '.ts')}`
    parts.set(path, name)
    return name
  }
  const apart = {
    name: 'apart',
    setup: ({ onResolve }) =>
      onResolve({ filter: /^\.\.?\// }, ({ kind, path, resolveDir }) =>
        kind === 'dynamic-import'
          ? { path: `./${nameOf(resolve(resolveDir, path))}.cjs`, external: true }
          : undefined,
      ),
  }
  // A map's loop sees what is added while it runs.
  for (const [path, name] of parts) {
    await build({
      absWorkingDir: root,
      entryPoints: [relative(root, path)],
      outfile: join(outdir, `${name}.cjs`),
      bundle: true,
      platform: 'node',
      target: 'node20',
      format: 'cjs',
      minify: true,
      legalComments: 'none',
      logLevel: 'warning',
      define: { 'import.meta.url': '__bundleUrl' },
      banner: { js: "const __bundleUrl = require('node:url').pathToFileURL(__filename).href" },
      plugins: [apart],
    })
  }
}

const own = fileURLToPath(import.meta.url)
if (process.argv[1] === own) await buildLauncher(join(dirname(own), '..'), process.argv[2])
