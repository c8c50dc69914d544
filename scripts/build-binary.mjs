// Compiles the same source into one executable: esbuild bundles it together with its npm packages, Bun compiles the bundle.
// The bundle comes first because Bun answers `import 'ws'` with a stand-in of its own.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { build } from 'esbuild'

const BUN = '1.4.5'
const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const bunHome = join(root, '.cache', `bun-${BUN}`)

const { values: options } = parseArgs({
  options: {
    entry: { type: 'string', default: 'src/main.ts' },
    out: { type: 'string', default: 'dist/clutch-bin' },
    // Another platform's name as in @oven/bun-<name>: linux-aarch64, darwin-aarch64, linux-x64-musl, …
    platform: { type: 'string' },
  },
})

function run(command, args, { cwd = root } = {}) {
  const { status, error } = spawnSync(command, args, { cwd, stdio: ['ignore', 2, 2] })
  if (error) throw error
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${status}`)
}

function ownPlatform() {
  const arch = process.arch === 'arm64' ? 'aarch64' : process.arch
  const isMusl = process.platform === 'linux' && !process.report.getReport().header.glibcVersionRuntime
  return `${process.platform}-${arch}${isMusl ? '-musl' : ''}`
}

/** The package `bun` only links one of these into place; taking it directly needs no install script. */
function bunFor(platform) {
  const home = join(bunHome, platform)
  const name = `@oven/bun-${platform}`
  const binary = join(home, 'node_modules', name, 'bin', 'bun')
  if (existsSync(binary)) return binary
  process.stderr.write(`clutch: fetching Bun ${BUN} for ${platform} from npm (once, into .cache) …\n`)
  mkdirSync(home, { recursive: true })
  writeFileSync(join(home, 'package.json'), '{ "private": true }\n')
  const quiet = ['--ignore-scripts', '--force', '--no-audit', '--no-fund', '--loglevel=error']
  run('npm', ['install', ...quiet, `${name}@${BUN}`], { cwd: home })
  return binary
}

const OPTIONAL = ['bufferutil', 'utf-8-validate']

async function bundle(outfile) {
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: [options.entry],
    outfile,
    bundle: true,
    metafile: true,
    platform: 'node',
    target: 'esnext',
    format: 'esm',
    legalComments: 'none',
    logLevel: 'warning',
    // Native accelerators of ws: it does without them.
    external: OPTIONAL,
    // Bundled CommonJS packages call require() for node: modules.
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
    },
  })
  return metafile
}

/** The proof that our packages run and not Bun's own: nothing but node: modules is left for Bun to resolve. */
function assertSelfContained({ outputs }) {
  const imports = Object.values(outputs).flatMap((output) => output.imports.map(({ path }) => path))
  const left = imports.filter(
    (path) => !isBuiltin(path) && !/^(node|bun):/.test(path) && !OPTIONAL.includes(path),
  )
  if (left.length > 0)
    throw new Error(`the bundle still imports ${left.join(', ')}: Bun would answer with its own`)
}

function compile(bundled, out) {
  const platform = options.platform ?? ownPlatform()
  const isForeign = platform !== ownPlatform()
  run(bunFor(ownPlatform()), [
    'build',
    '--compile',
    bundled,
    `--outfile=${out}`,
    ...(isForeign ? [`--target=bun-${platform}`, `--compile-executable-path=${bunFor(platform)}`] : []),
    ...OPTIONAL.map((name) => `--external=${name}`),
    // Bytecode instead of parsing at every start: less than half the time to the first line of ours.
    '--bytecode',
    '--format=esm',
    '--minify-syntax',
    '--minify-whitespace',
    // A binary started inside somebody's project must not read that project's .env or bunfig.toml.
    '--no-compile-autoload-dotenv',
    '--no-compile-autoload-bunfig',
  ])
}

const out = resolve(root, options.out)
const bundled = join(root, '.cache', 'binary', 'clutch.mjs')
assertSelfContained(await bundle(bundled))
compile(bundled, out)
process.stdout.write(`${relative(process.cwd(), out)}: ${(statSync(out).size / 1e6).toFixed(0)} MB\n`)
