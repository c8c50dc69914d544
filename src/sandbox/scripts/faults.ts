/** Scripts in which something goes wrong, as it does with real upstreams. */
import { type Play, type Step, speak, type Trouble, text } from '../play.ts'
import type { Scene } from '../scene.ts'
import { numberAt, type Script } from './script.ts'

const opening = text('So far, so good. ')
const rest = text('And on it went.')

export const faults: readonly Script[] = [
  {
    name: 'stall',
    usage: '[:<ms>]',
    summary: 'says a few words, then nothing; with ms it goes on after them',
    play: (scene) => speak(opening, ...pause(scene), rest),
  },
  {
    name: 'silent',
    usage: '[:<ms>]',
    summary: 'accepts the request and never answers; with ms it answers after them',
    play: (scene) =>
      scene.parameters[0] === undefined ? { type: 'silent' } : speak(...pause(scene), opening, rest),
  },
  {
    name: 'cut',
    usage: '[:<n>]',
    summary: 'the stream ends without a finish after n events (default 4)',
    play: (scene) => ({ ...speak(opening, rest), cutAfter: numberAt(scene, 0, 4) }),
  },
  {
    name: 'reset',
    usage: '',
    summary: 'the connection breaks mid-stream',
    play: () => speak(opening, { type: 'reset' }),
  },
  {
    name: 'error',
    usage: '[:<status>][:retry-after=<s>][:context|:credits|:model]',
    summary: 'an HTTP error with the dialect’s own body (default 500)',
    play: (scene) => ({ type: 'refuse', trouble: troubleIn(scene, 500) }),
  },
  {
    name: 'error-after-head',
    usage: '[:<status>]',
    summary: 'status 200, then an error event before any word (default 529)',
    play: (scene) => speak({ type: 'error', trouble: troubleIn(scene, 529), afterHead: true }),
  },
  {
    name: 'error-mid',
    usage: '[:<status>]',
    summary: 'a few words, then an error event (default 529)',
    play: (scene) => speak(opening, { type: 'error', trouble: troubleIn(scene, 529) }),
  },
  {
    name: 'empty',
    usage: '',
    summary: 'status 200 and nothing else',
    play: () => ({ type: 'body', status: 200, contentType: 'text/event-stream', body: '' }),
  },
  {
    name: 'html',
    usage: '[:<status>]',
    summary: 'an HTML page where a reply should be (default 200)',
    play: (scene): Play => ({
      type: 'body',
      status: statusAt(scene, 200),
      contentType: 'text/html; charset=utf-8',
      body: '<!doctype html>\n<html><head><title>Bad gateway</title></head><body><h1>Bad gateway</h1></body></html>\n',
    }),
  },
]

function pause(scene: Scene): readonly Step[] {
  return [
    scene.parameters[0] === undefined
      ? { type: 'silence' }
      : { type: 'wait', ms: numberAt(scene, 0, 0, 3_600_000) },
  ]
}

function troubleIn(scene: Scene, status: number): Trouble {
  const retryAfter = scene.parameters.find((given) => /^retry-after=\d+$/.test(given))
  const about = (['context', 'credits', 'model'] as const).find((topic) => scene.parameters.includes(topic))
  return {
    status: statusAt(scene, status),
    ...(about && { about }),
    ...(retryAfter !== undefined && { retryAfterSeconds: Number(retryAfter.slice('retry-after='.length)) }),
  }
}

function statusAt(scene: Scene, fallback: number): number {
  const status = numberAt(scene, 0, fallback)
  return status >= 200 && status <= 599 ? status : fallback
}
