/** Scripts that call the tools a request offers. Once results come back they say so and end, so that agents stop too. */

import { isObject, type Json } from '../../wire/json.ts'
import { calls, type Play, speak, text } from '../play.ts'
import { sampleOf } from '../sample.ts'
import {
  brief,
  callableTools,
  callOf,
  callWith,
  freshResults,
  type OwnTool,
  resultText,
  type Scene,
} from '../scene.ts'
import { numberAt, type Script } from './script.ts'

export const tools: readonly Script[] = [
  {
    name: 'tool',
    usage: '[:<name>]',
    summary:
      'calls one tool (the named, else the first) with arguments that fit its schema; then reports the result',
    play: (scene) =>
      answering(scene, (offered) => {
        const asked = offered.find(({ name }) => name === scene.parameters[0])
        return speak(text('One call. '), calls(callOf(asked ?? offered[0])))
      }),
  },
  {
    name: 'parallel',
    usage: '[:<n>]',
    summary:
      'n tool calls at once, their arguments interleaved (default 2; one when parallel calls are switched off)',
    play: (scene) =>
      answering(scene, (offered) => {
        const count = scene.conversation.parallelToolCalls === false ? 1 : numberAt(scene, 0, 2, 64)
        const chosen = Array.from({ length: Math.max(1, count) }, (_, at) => offered[at % offered.length])
        return speak(calls(...chosen.map((tool) => callOf(tool ?? offered[0]))))
      }),
  },
  {
    name: 'no-arg-tool',
    usage: '',
    summary: 'calls a tool that needs no arguments, without saying any',
    play: (scene) =>
      answering(scene, (offered) => speak(calls(callWith(offered.find(needsNothing) ?? offered[0], '')))),
  },
  {
    name: 'length-tool',
    usage: '',
    summary: 'stops at the output limit in the middle of a tool call’s arguments',
    play: (scene) =>
      answering(scene, (offered) =>
        speak(calls({ ...longCall(offered[0]), unfinished: true }), { type: 'stop', reason: 'length' }),
      ),
  },
  {
    name: 'cut-tool',
    usage: '',
    summary: 'the stream ends in the middle of a tool call’s arguments',
    play: (scene) =>
      answering(scene, (offered) =>
        speak(text('One call. '), calls({ ...longCall(offered[0]), unfinished: true }), { type: 'cut' }),
      ),
  },
]

type Offered = readonly [OwnTool, ...OwnTool[]]

function answering(scene: Scene, play: (offered: Offered) => Play): Play {
  const results = freshResults(scene.conversation)
  if (results.length > 0) {
    const told = results.map(
      (result) => `${result.isError ? 'error: ' : ''}${brief(resultText(result), 120)}`,
    )
    return speak(text(`${results.length} result(s) came back: ${told.join(' | ')}`))
  }
  const [first, ...others] = callableTools(scene)
  if (!first) return speak(text('This request offers no tool that the sandbox could call.'))
  return play([first, ...others])
}

const needsNothing = (tool: OwnTool): boolean => {
  if (tool.kind === 'freeform') return false
  const needed: Json = sampleOf(tool.schema)
  return isObject(needed) && Object.keys(needed).length === 0
}

/** Half of it is never a whole JSON object. */
const longCall = (tool: OwnTool) =>
  callWith(tool, JSON.stringify({ note: 'these arguments never arrive whole' }))
