// Programs from Debian's packages, put there by the tests that need them.
import { spawnSync } from 'node:child_process'

/** undefined: the program is there. Otherwise why tests with it cannot run. */
export function missing(program: string, probe: readonly string[]): string | undefined {
  const isThere = (): boolean => spawnSync(program, [...probe]).status === 0
  if (isThere()) return undefined
  if (process.getuid?.() !== 0 || process.platform !== 'linux') return `${program} is not installed`
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  const packages = (...args: string[]): boolean =>
    spawnSync('apt-get', ['-q', ...args], { env, timeout: 120_000 }).status === 0
  const install = (): boolean => packages('install', '-y', '--no-install-recommends', program)
  if (!install() && packages('update')) install()
  return isThere() ? undefined : `${program} is not installed, and apt-get cannot install it`
}
