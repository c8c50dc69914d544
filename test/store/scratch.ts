/** A folder of its own for a test's files, and entries to write. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { LedgerEntry } from '../../src/store/ledger-entry.ts'

export function scratch(): string {
  const folder = mkdtempSync(join(tmpdir(), 'clutch-store-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

export const entry = (changes: Partial<LedgerEntry> = {}): LedgerEntry => ({
  id: 'call-1',
  startedMs: 1_800_000_000_000,
  totalMs: 900,
  agent: 'claude',
  profile: 'default',
  asked: 'claude-sonnet',
  dialect: 'anthropic',
  stream: true,
  usage: { input: 100, cacheRead: 300, cacheWrite: 0, output: 50 },
  unpricedAttempts: 0,
  savedTokens: 0,
  lost: [],
  attempts: [
    {
      provider: 'openrouter',
      model: 'a/b',
      dialect: 'openai-chat',
      startedMs: 1_800_000_000_010,
      firstWordMs: 200,
      totalMs: 890,
      usage: { input: 100, cacheRead: 300, cacheWrite: 0, output: 50 },
    },
  ],
  ...changes,
})
