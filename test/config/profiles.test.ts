/** Profiles and listeners: several gateways in one process, each with its own answers. */
import { describe, expect, it } from 'vitest'
import { settings } from './house.ts'

const keys = {
  MOONSHOT_API_KEY: 'k',
  ZAI_API_KEY: 'k',
  MINIMAX_API_KEY: 'k',
  GEMINI_API_KEY: 'k',
  OPENROUTER_API_KEY: 'k',
}

describe('many at once', () => {
  it('is one config: four ports, four profiles', () => {
    const config = {
      listeners: [
        { port: 8081, profile: 'kimi' },
        { port: 8082, profile: 'glm' },
        { port: 8083, profile: 'minimax' },
        { port: 8084, profile: 'gemini', host: '::1' },
      ],
      profiles: {
        kimi: 'kimi/kimi-k2.6',
        glm: { model: 'glm-5.3', default_provider: 'zai' },
        minimax: {
          default_provider: 'minimax',
          model_tiers: { BIG: { default: 'MiniMax-M3' }, SMALL: { default: 'MiniMax-M2.7' } },
        },
        gemini: {
          model: 'gemini/gemini-3-pro',
          roles: { image: ['gemini/gemini-3-image'] },
          ignore_asked_model: false,
        },
      },
    }
    const { listeners, profiles } = settings({ env: keys, config })
    expect(listeners).toEqual([
      { host: '127.0.0.1', port: 8081, profile: 'kimi' },
      { host: '127.0.0.1', port: 8082, profile: 'glm' },
      { host: '127.0.0.1', port: 8083, profile: 'minimax' },
      { host: '::1', port: 8084, profile: 'gemini' },
    ])
    const all = (model: string) => ({ big: [model], middle: [model], small: [model] })
    expect(profiles['kimi']).toEqual({
      name: 'kimi',
      roles: all('moonshot/kimi-k2.6'),
      ignoreAskedModel: true,
    })
    expect(profiles['glm']).toEqual({
      name: 'glm',
      roles: all('zai/glm-5.3'),
      defaultProvider: 'zai',
      ignoreAskedModel: true,
    })
    expect(profiles['minimax']).toEqual({
      name: 'minimax',
      roles: { big: ['minimax/MiniMax-M3'], middle: ['minimax/MiniMax-M3'], small: ['minimax/MiniMax-M2.7'] },
      defaultProvider: 'minimax',
    })
    expect(profiles['gemini']?.ignoreAskedModel).toBeUndefined()
    expect(profiles['gemini']?.roles.image).toEqual(['gemini/gemini-3-image'])
  })

  it('a flag asks for one of them, or for one more', () => {
    const config = {
      listeners: [{ port: 8081, profile: 'kimi' }, { port: 8083 }],
      profiles: { kimi: 'kimi/k' },
    }
    const with_ = (flags: Record<string, string>) => settings({ env: keys, config, flags }).listeners
    expect(with_({ port: '8081' })).toEqual([{ host: '127.0.0.1', port: 8081, profile: 'kimi' }])
    expect(with_({ port: '9000' })).toEqual([{ host: '127.0.0.1', port: 9000, profile: 'default' }])
    expect(with_({ port: '0', profile: 'kimi' })).toEqual([{ host: '127.0.0.1', port: 0, profile: 'kimi' }])
  })

  it('PORT in the environment changes nothing where the file lists listeners, and is told so', () => {
    const { listeners, warnings } = settings({ env: { PORT: '1' }, config: { listeners: [{ port: 8081 }] } })
    expect(listeners.map(({ port }) => port)).toEqual([8081])
    expect(warnings).toEqual(['env PORT: PORT has no effect, because config.json lists "listeners"'])
  })
})

describe('a profile', () => {
  const config = {
    model_tiers: { BIG: { default: 'openrouter/a/big' } },
    fallbacks: ['openrouter/a/last'],
    profiles: {
      '0': 'zai/glm-5.3',
      notes: { notes: 'nothing of its own' },
      provider: { default_provider: 'zai' },
      default: { roles: { think: ['zai/glm-5.3'] } },
    },
  }
  const { profiles } = settings({ env: keys, config })

  it('may be a number with a model, as people have them', () => {
    expect(profiles['0']).toMatchObject({ roles: { big: ['zai/glm-5.3'] }, ignoreAskedModel: true })
  })

  it('that names nothing shares the roles of the configuration', () => {
    expect(profiles['notes']?.roles.big).toEqual(['openrouter/a/big', 'openrouter/a/last'])
  })

  it('that names a provider stands alone: nothing of the configuration shines through', () => {
    expect(profiles['provider']).toEqual({ name: 'provider', roles: {}, defaultProvider: 'zai' })
  })

  it('named default replaces what the configuration says', () => {
    expect(profiles['default']?.roles).toEqual({ think: ['zai/glm-5.3'] })
    expect(profiles['codex']?.roles).toEqual({ think: ['zai/glm-5.3'] })
  })

  it('there is one for each agent, as the default until it is written', () => {
    const config = {
      model_tiers: { BIG: { default: 'openrouter/a/big' } },
      profiles: { claude: 'openrouter/b/own' },
    }
    const { profiles } = settings({ config, env: { OPENROUTER_API_KEY: 'k' } })
    expect(profiles['codex']).toEqual({ ...profiles['default'], name: 'codex', like: 'default' })
    expect(profiles['claude']).toMatchObject({ name: 'claude', roles: { big: ['openrouter/b/own'] } })
    expect(profiles['claude']).not.toHaveProperty('like')
  })
})

it('a first word that nearly names a provider is doubted aloud, but not where such names are usual', () => {
  const roles = { big: ['opnrouter/x'] }
  expect(settings({ env: { CEREBRAS_API_KEY: 'k' }, config: { roles } }).warnings).toEqual([
    '~/.xx/config.json:3: no provider is named opnrouter (did you mean openrouter?); opnrouter/x goes to cerebras as it is',
  ])
  expect(settings({ env: { OPENROUTER_API_KEY: 'k' }, config: { roles } }).warnings).toEqual([])
})
