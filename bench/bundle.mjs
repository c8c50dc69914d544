// Functions of ours for an in-process measurement: bundled from src/ as in a build, then imported.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build } from 'esbuild'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')

const banner = {
  js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
}

/** `contents`: a module that exports what is wanted. Packages are found where the clone has them. */
export async function bundled(contents) {
  const cache = join(root, '.cache')
  mkdirSync(cache, { recursive: true })
  const folder = mkdtempSync(join(cache, 'bench-'))
  const outfile = join(folder, 'bundle.mjs')
  try {
    await build({
      stdin: { contents, resolveDir: root, loader: 'ts' },
      outfile,
      banner,
      bundle: true,
      platform: 'node',
      target: 'node20',
      format: 'esm',
      logLevel: 'warning',
    })
    const parts = await import(pathToFileURL(outfile).href)
    return { ...parts, drop: () => rmSync(folder, { recursive: true, force: true }) }
  } catch (error) {
    rmSync(folder, { recursive: true, force: true })
    throw error
  }
}
