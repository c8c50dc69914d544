/** Reads `<script>:<parameter>…@<dialect>`, the names by which the sandbox's scripts are chosen. */
import { type DialectId, dialectIds } from '../conversation/conversation.ts'

export interface ScriptName {
  readonly script: string
  readonly parameters: readonly string[]
  /** The dialect in which the sandbox wants to be asked; absent: any. */
  readonly dialect?: DialectId
}

/** Accepts the name with and without the provider's `sandbox/` in front; never fails. */
export function readModelName(model: string): ScriptName {
  const name = model.startsWith('sandbox/') ? model.slice('sandbox/'.length) : model
  const at = name.lastIndexOf('@')
  const suffix = dialectNamed(name.slice(at + 1))
  const [script = '', ...parameters] = (at >= 0 && suffix ? name.slice(0, at) : name).split(':')
  const alias = script.startsWith('loop-') ? dialectNamed(script.slice('loop-'.length)) : undefined
  const dialect = suffix ?? alias
  return { script: alias ? 'loop' : script, parameters, ...(dialect && { dialect }) }
}

/** The dialect that must be spoken to the sandbox for this model; undefined: whichever suits the caller. */
export const sandboxDialect = (model: string): DialectId | undefined => readModelName(model).dialect

const dialectNamed = (name: string): DialectId | undefined => dialectIds.find((id) => id === name)
