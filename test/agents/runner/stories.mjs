// What happens to an agent on its way: every target is well, or each step kills those that answered before.
import { upstreams } from '../shelf.mjs'

const healthy = (_, upstream) => ({ story: 'healthy', upstream, model: `sandbox/loop-${upstream}` })

/**
 * A cascade through all four dialects. The first target dies at every step, so does whoever took over from it: step 1 ends
 * at the second target, step 2 at the third, step 3 at the last.
 */
function failover(agent, upstream) {
  const at = upstreams.indexOf(upstream)
  const dialects = [...upstreams.slice(at), ...upstreams.slice(0, at)]
  const scripts = ['dies', 'dies:2:3', 'dies:3', 'loop']
  const [first, ...others] = scripts.map((script, index) => `sandbox/${script}@${dialects[index]}`)
  return {
    story: 'failover',
    upstream,
    model: agent.bigName ?? 'big',
    // Silence is the third way to die; nobody has to wait long for its end.
    config: { model_tiers: { BIG: { default: first, cascade: others } }, timeouts: { head_ms: 1_000 } },
    answering: others,
  }
}

/** A test run of 2,000 lines that fails: what the model receives is told shorter, and still says what failed. */
const noise = () => ({
  story: 'noise',
  upstream: 'behind',
  model: 'behind/sandbox/loop',
  order: `run ${noisyCommand}`,
})

const noisyCommand = './node_modules/.bin/vitest run'
const failing = { test: 'the basket counts what was put in', message: 'AssertionError: expected 3 to be 4' }

/** As vitest prints it. Short lines, so that no agent cuts it before the gateway sees it. */
export const noisyProgram = `#!/bin/sh
echo ' RUN  v4.1.12 /home/dev/shop'
i=1000
while [ $i -lt 3000 ]; do echo " ✓ a$i"; i=$((i+1)); done
cat <<'END'
 FAIL  test/basket.test.ts > ${failing.test}
${failing.message}
 ❯ test/basket.test.ts:18:25

 Test Files  1 failed (1)
      Tests  1 failed | 2000 passed (2001)
END
exit 1
`

const ownNoise = 'what this project never wants to see'

/** A filter of the project's own: it counts where the gateway finds out that the agent works there. */
export const ownFilter = JSON.stringify({
  match: { program: 'vitest' },
  drop: [{ pattern: '^ ✓ a\\d', what: ownNoise }],
  tests: [{ command: 'vitest run', output: 'a', becomes: 'a' }],
})

/** Undefined when the model was told what failed, and spared the noise. */
export function wrongNoise(bodies) {
  const last = bodies.at(-1) ?? ''
  const missing = Object.values(failing).find((fact) => !last.includes(fact))
  if (missing !== undefined) return `the model never heard: ${missing}`
  if ((last.match(/✓ a\d{4}/g) ?? []).length > 20) return 'the model was told of tests that passed'
  if (!last.includes('clutch show r')) return 'nothing says what was left out'
  return last.includes(ownNoise) ? undefined : 'the project’s own filter did not count'
}

export const stories = { healthy, failover, noise }

/** The targets that answered after others had failed, in order. */
const rescuers = (asked) => asked.filter(({ attempts }) => attempts > 1).map(({ target }) => target)

/** Undefined when the story went as told. A socket has no header per reply: there the end of the loop is the proof. */
export function wrongStory({ answering, agent }, asked) {
  if (!answering || agent.socket) return undefined
  const rescued = rescuers(asked)
  if (rescued.join() === answering.join()) return undefined
  return `answered after others had failed: ${rescued.join(', ') || 'nobody'}; expected ${answering.join(', ')}`
}
