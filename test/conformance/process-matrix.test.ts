/** Every scenario again, through the built gateway as its own process: real HTTP on both sides. */
import { afterAll, beforeAll, describe, it } from 'vitest'
import { dialectIds } from '../../src/conversation/conversation.ts'
import { judgeCell } from './judge-cell.ts'
import { ProcessStage } from './process-stage.ts'
import { scenarios } from './scenarios/index.ts'

let stage: ProcessStage
beforeAll(async () => {
  stage = await ProcessStage.open()
})
afterAll(() => stage.stop())

for (const scenario of scenarios)
  describe(`as a process: ${scenario.name} ${scenario.proves}`, () => {
    for (const from of dialectIds.filter((id) => scenario.asks[id]))
      for (const to of dialectIds)
        for (const streamed of [true, false])
          it(`${from} to ${to}, ${streamed ? 'streamed' : 'whole'}`, async () => {
            const cell = { scenario, from, to, streamed }
            judgeCell(cell, await stage.play(cell))
          })
  })
