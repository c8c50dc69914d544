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

export const stories = { healthy, failover }

/** The targets that answered after others had failed, in order. */
const rescuers = (asked) => asked.filter(({ attempts }) => attempts > 1).map(({ target }) => target)

/** Undefined when the story went as told. A socket has no header per reply: there the end of the loop is the proof. */
export function wrongStory({ answering, agent }, asked) {
  if (!answering || agent.socket) return undefined
  const rescued = rescuers(asked)
  if (rescued.join() === answering.join()) return undefined
  return `answered after others had failed: ${rescued.join(', ') || 'nobody'}; expected ${answering.join(', ')}`
}
