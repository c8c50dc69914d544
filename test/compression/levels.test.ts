import { describe, expect, it } from 'vitest'
import { Levels } from '../../src/compression/levels.ts'

const settings = { level: 'balanced', agents: {}, tools: {}, commands: {}, paths: {} } as const
const whose = { agent: 'claude', profile: undefined, wish: undefined }
const levelOf = (commandLine: string) => new Levels(settings).of({ tool: 'Bash', commandLine }, whose)

describe('the level in the environment of one command', () => {
  it.each([
    'CLUTCH_COMPRESS=off npm test',
    'env CLUTCH_COMPRESS=off npm test',
    'env -u NO_COLOR CLUTCH_COMPRESS=off npm test',
    'CI=1 CLUTCH_COMPRESS=off npm test',
    'MESSAGE="two words" CLUTCH_COMPRESS="off" npm test',
    'cd web && CLUTCH_COMPRESS=off npm test',
    'export CLUTCH_COMPRESS=off; npm test',
    'export CI=1 CLUTCH_COMPRESS=off\nnpm test',
    "bash -lc 'CLUTCH_COMPRESS=off npm test'",
    'sudo -E CLUTCH_COMPRESS=off npm test',
    'bash -lc "cd web && CLUTCH_COMPRESS=off npx vitest run 2>&1 | tail -50"',
  ])('counts wherever a shell would take it: %s', (line) => {
    expect(levelOf(line)).toBe('off')
  })

  it.each([
    'npm test # CLUTCH_COMPRESS=off npm test',
    "echo 'say CLUTCH_COMPRESS=off npm test'",
    'grep -rn CLUTCH_COMPRESS=off src',
    'git commit -m "CLUTCH_COMPRESS=off is heard now"',
    'npm test -- CLUTCH_COMPRESS=off',
    'NOT_CLUTCH_COMPRESS=off npm test',
  ])('is not what a line only speaks of: %s', (line) => {
    expect(levelOf(line)).toBe('balanced')
  })

  it('is off where the word is none: whoever said it wanted something else than usual', () => {
    expect(levelOf('CLUTCH_COMPRESS=offf npm test')).toBe('off')
  })

  it('is the most careful one where one result has several', () => {
    expect(levelOf('CLUTCH_COMPRESS=aggressive npm test; CLUTCH_COMPRESS=lossless npm run lint')).toBe(
      'lossless',
    )
  })
})
