/** Scripts that say something and end well. */
import type { MediaPart } from '../../conversation/conversation.ts'
import { speak, text, thinking } from '../play.ts'
import { brief, lastUserText, mediaIn, structuredAnswer } from '../scene.ts'
import { numberAt, type Script } from './script.ts'

const introduction =
  'This is the sandbox of Clutch: no provider is configured for this request, so no model was asked. ' +
  'To use a real one, put a key such as OPENROUTER_API_KEY=… into ~/.xx/.env or add a provider to ' +
  '~/.xx/config.json, restart, and see `clutch config show`. ' +
  '`clutch sandbox --help` lists what the sandbox can play.'

/** What answers when nobody chose anything: says where the caller is and which setting to change. */
export const echo: Script = {
  name: 'echo',
  usage: '',
  summary:
    'says that this is the sandbox, which setting to change, and what you said (also: any unknown name)',
  play: ({ conversation }) => {
    const structured = structuredAnswer(conversation)
    if (structured !== undefined) return speak(text(structured))
    const said = brief(lastUserText(conversation), 200)
    return speak(text(said === '' ? introduction : `${introduction} You said: “${said}”`))
  },
}

const fable = 'The fox looked at the grapes, found them high, and went on. They were still sweet.'

export const words: readonly Script[] = [
  echo,
  { name: 'text', usage: '', summary: 'a short text', play: () => speak(text(fable)) },
  {
    name: 'thinking',
    usage: '',
    summary: 'a thought, signed as the dialect signs thoughts, then a text',
    play: () => speak(thinking('Grapes hang high. A fox is not a ladder.'), text(fable)),
  },
  {
    name: 'long',
    usage: '[:<n>]',
    summary: 'a text of n pieces, one event each (default 500)',
    play: (scene) =>
      speak(text(Array.from({ length: numberAt(scene, 0, 500) }, (_, at) => `word ${at + 1} `))),
  },
  {
    name: 'slow',
    usage: '[:<ms>]',
    summary: 'a text with a pause after every event (default 200 ms)',
    play: (scene) => ({ ...speak(text(fable)), paceMs: numberAt(scene, 0, 200) }),
  },
  {
    name: 'json',
    usage: '',
    summary: 'JSON that fits the schema asked for (any JSON when there is none)',
    play: ({ conversation }) => speak(text(structuredAnswer(conversation) ?? '{"answer":"sandbox"}')),
  },
  {
    name: 'refusal',
    usage: '',
    summary: 'declines to answer (content filter)',
    play: () => speak(text('I will not go on with this.'), { type: 'stop', reason: 'refusal' }),
  },
  {
    name: 'length',
    usage: '',
    summary: 'a text that stops at the output limit',
    play: () => speak(text(fable.slice(0, 40)), { type: 'stop', reason: 'length' }),
  },
  {
    name: 'stop-sequence',
    usage: '',
    summary: 'a text that stops at the first stop sequence asked for',
    play: ({ conversation }) => {
      const [stopSequence = 'END'] = conversation.sampling.stop ?? []
      return speak(text('Up to here and '), { type: 'stop', reason: 'stop-sequence', stopSequence })
    },
  },
  {
    name: 'usage-cache',
    usage: '',
    summary: 'a thought and a text whose usage has cache reads, cache writes and thinking tokens',
    play: () =>
      speak(thinking('Counting.'), text(fable), {
        type: 'usage',
        usage: { input: 120, cacheRead: 1000, cacheWrite: 300, output: 42, thinking: 5 },
      }),
  },
  {
    name: 'search',
    usage: '',
    summary: 'a web search carried out by the provider, then a text',
    play: ({ conversation }) =>
      speak(
        {
          type: 'search',
          query: brief(lastUserText(conversation), 60) || 'sandbox',
          results: [{ url: 'https://sandbox.invalid/grapes', title: 'Grapes and how high they hang' }],
        },
        text('One page was found; it agrees with the fox.'),
      ),
  },
  {
    name: 'image-echo',
    usage: '',
    summary: 'says which images and files it was shown',
    play: ({ conversation }) => {
      const seen = mediaIn(conversation).map(describe)
      return speak(text(seen.length === 0 ? 'No image and no file was shown.' : `Shown: ${seen.join('; ')}.`))
    },
  },
]

function describe({ mediaType, source }: MediaPart): string {
  switch (source.kind) {
    case 'base64':
      return `${mediaType}, ${source.data.length} base64 characters`
    case 'url':
      return `${mediaType} at ${source.url}`
    case 'text':
      return `${mediaType}, ${source.text.length} characters of text`
    case 'file':
      return `${mediaType}, file ${source.id}`
  }
}
