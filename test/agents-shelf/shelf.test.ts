import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { formNames } from '../../src/agents/agent.ts'
import { agents } from '../../src/agents/index.ts'
import { dialectIds } from '../../src/conversation/conversation.ts'
import { isRefusal } from '../../src/launch/request.ts'
import { around, plan } from '../launch/around.ts'

const slots = new Set(['{bypass}', '{gateway}', '{model}', '{native}', '{session}', '{prompt}'])

/** The version that `npm run test:agents` installs; undefined: npm does not have that agent. */
function testedVersion(id: string): string | undefined {
  const file = fileURLToPath(new URL(`../agents/${id}.mjs`, import.meta.url))
  try {
    return /version: '([\d.]+)'/.exec(readFileSync(file, 'utf8'))?.[1]
  } catch {
    return undefined
  }
}

describe('the shelf of agents', () => {
  it('has the eight letters of the seed, each once', () => {
    expect(agents.map(({ letter }) => letter).join('')).toBe('chxqpoag')
    expect(new Set(agents.map(({ id }) => id)).size).toBe(8)
  })

  describe.each(agents)('$title', (agent) => {
    it('names what cannot be done together with a form that can', () => {
      for (const name of formNames) {
        const form = agent.forms[name]
        if ('missing' in form) expect(agent.forms[form.closest]).toHaveProperty('words')
      }
    })

    it('gives every form the places it needs, and no others', () => {
      const tables = [agent.forms, ...(agent.earlier ?? []).map(({ forms }) => forms ?? {})]
      for (const forms of tables)
        for (const [name, form] of Object.entries(forms)) {
          if ('missing' in form) continue
          const used = form.words.filter((word) => word.startsWith('{'))
          for (const slot of used) expect(slots).toContain(slot)
          expect(new Set(used).size).toBe(used.length)
          expect(used.includes('{prompt}')).toBe(name.startsWith('ask'))
          expect(used.includes('{session}')).toBe(name.endsWith('resume') || form.needsNewest === true)
          expect(used).toContain('{native}')
        }
    })

    it('is pointed at the gateway’s address and nowhere else, with its key', () => {
      const url = 'http://127.0.0.1:4242/p/x'
      for (const point of [agent.point, ...(agent.earlier ?? []).flatMap((one) => one.point ?? [])]) {
        const pointing = point({
          url,
          key: 'key-of-the-gateway',
          model: 'm',
          smallModel: 's',
          contextTokens: 1,
          outputTokens: 1,
          project: 'p',
          ownModels: false,
          offered: [],
          ownCatalogue: undefined,
          fileAt: (name) => `/files/${name}`,
        })
        const all = JSON.stringify(pointing)
        expect(all).toContain(url)
        expect(all.replaceAll(url, '')).not.toMatch(/https?:\/\//)
        if (agent.id !== 'hermes') expect(all).toContain('key-of-the-gateway')
        for (const name of Object.keys(pointing.env).filter((one) => /URL|CONFIG_CONTENT/.test(one)))
          expect(agent.gatewayVariables).toContain(name)
      }
    })

    it('speaks a dialect that the gateway hears, and says where it comes from', () => {
      expect(dialectIds).toContain(agent.dialect)
      expect(agent.install).not.toBe('')
      expect(agent.verified).toBe(testedVersion(agent.id))
    })

    it('has no form left that a request cannot reach', () => {
      const typed = ['ip', 'cp', 'rp', 'sp -s ID', 'np go on', 'Cp go on', 'Sp -s ID go on']
      const reached = typed.flatMap((rest) => {
        const found = plan(`${agent.letter}${rest}`.split(' '), around)
        return isRefusal(found) ? [] : [found.form]
      })
      const existing = formNames.filter((name) => 'words' in agent.forms[name])
      expect([...new Set(reached)].toSorted()).toEqual(existing.toSorted())
    })
  })
})
