import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { describe, expect, it, onTestFinished } from 'vitest'
import { openSqlite } from '../../src/world/sqlite.ts'
import { scratch } from './scratch.ts'

const clutch = fileURLToPath(new URL('../../bin/clutch', import.meta.url))

async function serve(home: string): Promise<{ child: ChildProcess; url: string }> {
  const child = spawn(process.execPath, [clutch, 'serve', '--port', '0', '--log-level', 'error'], {
    cwd: home,
    env: { PATH: process.env['PATH'] ?? '', HOME: home },
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  let said = ''
  for await (const piece of child.stdout ?? []) {
    said += String(piece)
    const url = /listening on (\S+)/.exec(said)?.[1]
    if (url !== undefined) return { child, url }
  }
  throw new Error('it did not listen')
}

/** The call's id, once the reply is complete. */
async function ask(url: string): Promise<string> {
  const answer = await fetch(`${url}/v1/messages`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      model: 'sandbox/text',
      max_tokens: 64,
      messages: [{ role: 'user', content: 'hello' }],
    }),
  })
  await answer.text()
  return answer.headers.get('x-clutch-request') ?? ''
}

function idsIn(home: string): readonly unknown[] {
  const database = openSqlite(join(home, '.xx', 'state', 'ledger.db'))
  try {
    expect(database.prepare('pragma integrity_check').all()).toEqual([{ integrity_check: 'ok' }])
    expect(
      database.prepare('select count(*) as n from attempts where call not in (select call from calls)').all(),
    ).toEqual([{ n: 0 }])
    return database
      .prepare('select id from calls order by call')
      .all()
      .map(({ id }) => id)
  } finally {
    database.close()
  }
}

describe('a gateway that is killed', () => {
  it('loses no call that ended more than a second before, and counts none twice', {
    timeout: 60_000,
  }, async () => {
    const home = scratch()
    const old: string[] = []
    const young: string[] = []
    for (let life = 0; life < 3; life++) {
      const { child, url } = await serve(home)
      for (let n = 0; n < 20; n++) old.push(await ask(url))
      await sleep(1_000)
      for (let n = 0; n < 10; n++) young.push(await ask(url))
      child.kill('SIGKILL')
      await once(child, 'exit')
    }
    const found = idsIn(home)
    expect(found).toEqual(expect.arrayContaining(old))
    expect(new Set(found).size).toBe(found.length)
    for (const id of found) expect([...old, ...young]).toContain(id)
  })

  it('loses nothing at all when it is asked to stop', { timeout: 60_000 }, async () => {
    const home = scratch()
    const { child, url } = await serve(home)
    const asked = await Promise.all(Array.from({ length: 20 }, () => ask(url)))
    child.kill('SIGTERM')
    const [code] = await once(child, 'exit')
    expect(code).toBe(0)
    expect([...idsIn(home)].sort()).toEqual([...asked].sort())
  })
})
