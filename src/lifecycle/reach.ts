/** Whether somebody is there: a connection that is closed again, or a question that costs nothing. Keys are never sent. */
import { connect } from 'node:net'
import { askJson } from '../world/ask-json.ts'

export type Reached =
  | { readonly ok: true; readonly ms: number; readonly status?: number }
  | { readonly ok: false; readonly because: string }

const timeoutMs = 2_000

/** Never rejects. */
export function reach(url: string): Promise<Reached> {
  const place = placeOf(url)
  if (!place) return Promise.resolve({ ok: false, because: 'no URL' })
  const startMs = performance.now()
  return new Promise((resolve) => {
    const socket = connect({ ...place, timeout: timeoutMs })
    const end = (reached: Reached): void => {
      socket.destroy()
      resolve(reached)
    }
    socket.once('connect', () => end({ ok: true, ms: Math.round(performance.now() - startMs) }))
    socket.once('timeout', () => end({ ok: false, because: `no answer within ${timeoutMs / 1000} s` }))
    socket.once('error', (error) =>
      end({ ok: false, because: 'code' in error ? String(error.code) : error.message }),
    )
  })
}

function placeOf(text: string): { readonly host: string; readonly port: number } | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (!url) return undefined
  const port = url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port)
  return { host: url.hostname.replace(/^\[|\]$/g, ''), port }
}

/** Somebody else's proxy speaks HTTP: any answer to the usual question counts, and its status is told. Never rejects. */
export async function reachProxy(baseUrl: string): Promise<Reached> {
  const startMs = performance.now()
  const answer = await askJson({ url: `${originOf(baseUrl)}/health`, timeoutMs })
  if (answer.kind === 'unreachable') return { ok: false, because: answer.because }
  const ms = Math.round(performance.now() - startMs)
  return answer.status >= 500
    ? { ok: false, because: `its /health answers ${answer.status}` }
    : { ok: true, ms, status: answer.status }
}

/**
 * Does what is asked there come back to the gateway that goes by this name? The name travels in the header in which
 * gateways leave theirs; ours knows it and refuses with the words of `circleMessage`. Never rejects.
 */
export async function leadsBack(baseUrl: string, hop: string, circleMessage: string): Promise<boolean> {
  const url = `${originOf(baseUrl)}/v1/models`
  const answer = await askJson({ url, headers: { 'x-clutch-hop': hop }, timeoutMs })
  return answer.kind === 'answered' && JSON.stringify(answer.body ?? '').includes(circleMessage)
}

const originOf = (url: string): string => (URL.canParse(url) ? new URL(url).origin : url)
