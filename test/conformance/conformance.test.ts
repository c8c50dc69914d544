/** Every scenario, from every client dialect to every upstream dialect, streamed and whole, through the gateway. */
import { describe, expect, it } from 'vitest'
import { dialectIds } from '../../src/conversation/conversation.ts'
import { expectedLost, judgeCell } from './judge-cell.ts'
import { scenarios } from './scenarios/index.ts'
import { type Cell, play } from './stage.ts'

const check = async (cell: Cell): Promise<void> => judgeCell(cell, await play(cell))

for (const scenario of scenarios)
  describe(`${scenario.name} ${scenario.proves}`, () => {
    for (const from of dialectIds.filter((id) => scenario.asks[id]))
      for (const to of dialectIds)
        for (const streamed of [true, false])
          it(`${from} to ${to}, ${streamed ? 'streamed' : 'whole'}`, () =>
            check({ scenario, from, to, streamed }))
  })

describe('the table of losses', () => {
  it('names every scenario with every client that can say it, and nothing for equal dialects', () => {
    expect(Object.keys(expectedLost)).toEqual(scenarios.map(({ name }) => name))
    for (const { name, asks } of scenarios) {
      const byClient = expectedLost[name] ?? {}
      expect(Object.keys(byClient).sort(), name).toEqual(Object.keys(asks).sort())
      for (const [from, byUpstream] of Object.entries(byClient))
        expect(Object.keys(byUpstream)).not.toContain(from)
    }
  })
})
